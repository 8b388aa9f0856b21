// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A CPU map: frames that one CPU takes in go up the stack on another. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <sys/time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../network.h"
#include "maps/cpumap/cpumap.skel.h"

#define FRAMES 10

/* The second CPU where there is one: frames come in on the first, where main() sends them. */
static __u32 choose_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 1 : 0;
}

static void stay_on_first_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first); /* or as near as this process may */
}

static struct cpumap *load(__u32 cpu)
{
	struct cpumap *skel = cpumap__open();

	example_must("open the programs", skel ? 0 : -errno);
	skel->rodata->cpu = cpu;
	example_must("load the programs", cpumap__load(skel));
	return skel;
}

/* What the stack takes in from a device: a packet socket is given a copy. */
static int listen_on(const char *device)
{
	struct sockaddr_ll from = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct timeval second = { .tv_sec = 1 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	example_must("open a packet socket", fd < 0 ? -errno : 0);
	from.sll_ifindex = (int)if_nametoindex(device);
	example_must("listen", bind(fd, (struct sockaddr *)&from, sizeof(from)) ? -errno : 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	return fd;
}

static void send_frames(struct cpumap *skel, int socket, const char *what)
{
	static const char frame[64] = "\2\0\0\0\0\2\2\0\0\0\0\1";
	int received = 0;
	char buffer[64];

	skel->bss->redirected = skel->bss->dropped = skel->bss->there = skel->bss->elsewhere = 0;
	network_send("a0", FRAMES, frame, sizeof(frame));
	while (received < FRAMES && recv(socket, buffer, sizeof(buffer), 0) > 0)
		received++;
	printf("  %-28s %10llu %8llu %6llu %10llu %6d\n", what, skel->bss->redirected,
	       skel->bss->dropped, skel->bss->there, skel->bss->elsewhere, received);
}

static int put(struct cpumap *skel, __u32 cpu, __u32 qsize, int program)
{
	struct bpf_cpumap_val value = { .qsize = qsize, .bpf_prog.fd = program };

	return bpf_map__update_elem(skel->maps.cpus, &cpu, sizeof(cpu), &value, sizeof(value),
				    BPF_ANY);
}

static int look_up(struct cpumap *skel, __u32 cpu)
{
	struct bpf_cpumap_val value;

	return bpf_map__lookup_elem(skel->maps.cpus, &cpu, sizeof(cpu), &value, sizeof(value), 0);
}

int main(void)
{
	__u32 cpu = choose_cpu();
	struct cpumap *skel;
	int socket;

	network_make("a0", "a1");
	stay_on_first_cpu();
	skel = load(cpu);
	socket = listen_on("a1");
	example_must("attach", bpf_xdp_attach((int)if_nametoindex("a1"),
					      bpf_program__fd(skel->progs.comes_in),
					      XDP_FLAGS_DRV_MODE, NULL));

	printf("%-30s %10s %8s %6s %10s %6s\n", "10 frames each", "redirected", "dropped", "there",
	       "elsewhere", "stack");
	send_frames(skel, socket, "the map is empty");
	example_must("put the CPU into the map", put(skel, cpu, 64, -1));
	send_frames(skel, socket, "a CPU in the map");
	example_must("put the CPU into the map",
		     put(skel, cpu, 64, bpf_program__fd(skel->progs.goes_on)));
	send_frames(skel, socket, "a CPU and a program");

	printf("the queue's size\n");
	example_tell("update, size 16384", put(skel, cpu, 16384, -1));
	example_tell("update, size 16385", put(skel, cpu, 16385, -1));
	example_tell("lookup", look_up(skel, cpu));
	example_tell("update, size 0", put(skel, cpu, 0, -1));
	example_tell("lookup", look_up(skel, cpu));
	cpumap__destroy(skel);
	return 0;
}
