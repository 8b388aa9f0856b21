// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sockets that share a port: a program chooses among those that a map has. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../sockets.h"
#include "maps/reuseport/reuseport.skel.h"

#define SERVERS 3
#define PACKETS 10

static int client, servers[SERVERS];
static struct reuseport *skel;

static void open_sockets(void)
{
	in_port_t port = 0;

	for (int i = 0; i < SERVERS; i++) {
		servers[i] = socket_open(SOCK_DGRAM, port);
		port = socket_port(servers[i]);
	}
	client = socket_open(SOCK_DGRAM, 0);
	socket_connect(client, port);
}

static int put(__u32 key, int fd)
{
	__u64 value = fd;

	return bpf_map__update_elem(skel->maps.sockets, &key, sizeof(key), &value, sizeof(value),
				    BPF_ANY);
}

static int received(int server)
{
	char packet[64];
	int count = 0;

	while (recv(server, packet, sizeof(packet), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

/* Which sockets got the packets? Waits until all have come, for a second at most. */
static void receive(int counts[SERVERS])
{
	int all = 0;

	for (int wait = 1000; wait && all < PACKETS; wait--) {
		all = 0;
		for (int i = 0; i < SERVERS; i++)
			all += counts[i] += received(servers[i]);
		if (all < PACKETS)
			usleep(1000);
	}
}

/* The client sends packets that begin with a digit. Where the program did not choose, the kernel
 * did, by a hash that nobody can foresee.
 */
static void show(const char *what, const char *digit)
{
	int counts[SERVERS] = {}, most = 0;

	skel->bss->chosen = 0;
	for (int i = 0; i < PACKETS; i++)
		socket_write(client, digit); /* after a packet that was refused, a write fails */
	receive(counts);
	for (int i = 0; i < SERVERS; i++)
		most = counts[i] > most ? counts[i] : most;
	if (skel->bss->chosen)
		printf("  %-40s %d %d %d\n", what, counts[0], counts[1], counts[2]);
	else
		printf("  %-40s %d at one of them\n", what, most);
}

static void attach(void)
{
	int program = bpf_program__fd(skel->progs.choose);

	example_must("attach to the sockets",
		     setsockopt(servers[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program,
				sizeof(program)) ?
			     -errno :
			     0);
}

static void show_packets(void)
{
	printf("%d packets of one client to a port that three sockets share\n", PACKETS);
	show("no program", "1");
	attach();
	show("a program, its map is empty", "1");
	for (int i = 0; i < SERVERS; i++)
		example_must("put a socket there", put(i, servers[i]));
	show("the map has them, the packets say 0", "0");
	show("the packets say 1", "1");
	show("the packets say 2", "2");
	show("the packets say 3", "3");
}

int main(void)
{
	sockets_begin();
	open_sockets();
	skel = reuseport__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	show_packets();
	printf("what the map takes\n");
	example_tell("a socket that is there, at another key", put(1, servers[0]));
	example_tell("a socket that is not bound", put(1, socket(AF_INET, SOCK_DGRAM, 0)));
	printf("the third socket is closed\n");
	close(servers[2]);
	show("the packets say 2", "2");
	servers[2] = socket_open(SOCK_DGRAM, socket_port(servers[0]));
	example_must("put a socket there", put(2, servers[2]));
	show("another socket is in its place", "2");
	reuseport__destroy(skel);
	return 0;
}
