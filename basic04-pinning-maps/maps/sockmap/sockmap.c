// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of sockets: the kernel passes data from one connection to another, past the process. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../sockets.h"
#include "maps/sockmap/sockmap.skel.h"
#include "sockmap.h"

/* Two connections, client to proxy and proxy to server. */
static int client, proxy_in, proxy_out, server;

static int put(struct bpf_map *map, __u32 key, int fd)
{
	__u64 value = fd;

	return bpf_map__update_elem(map, &key, sizeof(key), &value, sizeof(value), BPF_ANY);
}

static int look_up(struct bpf_map *map, __u32 key, __u64 *cookie)
{
	return bpf_map__lookup_elem(map, &key, sizeof(key), cookie, sizeof(*cookie), 0);
}

/* The client writes; who can read? */
static void show(const char *what)
{
	int ret = socket_write(client, "hello");

	printf("%s\n", what);
	example_tell("the client writes hello", ret);
	if (ret == 0)
		sockets_wait(proxy_in, server);
	printf("  %-40s %s\n", "the proxy reads", socket_read(proxy_in));
	printf("  %-40s %s\n", "the server reads", socket_read(server));
}

static void show_sockmap(struct bpf_map *map, struct bpf_program *program)
{
	int unconnected = socket_open(SOCK_STREAM, 0);
	__u64 cookie = 0;

	example_must("attach to the map",
		     bpf_prog_attach(bpf_program__fd(program), bpf_map__fd(map),
				     BPF_SK_SKB_STREAM_VERDICT, 0));
	show("a sockmap, empty");
	example_must("put a socket there", put(map, IN, proxy_in));
	example_must("put a socket there", put(map, OUT, proxy_out));
	show("a sockmap of the proxy's two sockets");
	example_tell("put a TCP socket that is not connected", put(map, IN, unconnected));
	example_must("look up", look_up(map, IN, &cookie));
	printf("  %-40s %s\n", "what a lookup gives is the cookie",
	       cookie == socket_cookie(proxy_in) ? "yes" : "no");
}

static void show_sockhash(struct bpf_map *map, struct bpf_program *program)
{
	__u64 cookie;

	example_must("attach to the map", bpf_prog_attach(bpf_program__fd(program),
							  bpf_map__fd(map), BPF_SK_MSG_VERDICT, 0));
	example_must("put the client there", put(map, WRITER, client));
	example_must("put the server there", put(map, READER, server));
	show("a sockhash of the client and the server");
	printf("the server is closed\n");
	close(server);
	example_tell("lookup", look_up(map, READER, &cookie));
	example_tell("the client writes hello", socket_write(client, "hello"));
}

int main(void)
{
	struct sockmap *skel;

	sockets_begin();
	socket_pair(&client, &proxy_in);
	socket_pair(&proxy_out, &server);
	skel = sockmap__open_and_load();
	example_must("load the programs", skel ? 0 : -errno);
	show_sockmap(skel->maps.sockets, skel->progs.comes_in);
	show_sockhash(skel->maps.writers, skel->progs.is_written);
	sockmap__destroy(skel);
	return 0;
}
