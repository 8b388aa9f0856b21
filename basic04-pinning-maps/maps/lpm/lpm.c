// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The longest prefix that matches: a route for each packet that comes out of a veth device. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>

#include "../example.h"
#include "../network.h"
#include "maps/lpm/lpm.skel.h"

#define FRAMES 3

/* As in lpm.bpf.c. */
struct prefix {
	__u32 length;
	__be32 address;
};

static __be32 address(const char *text)
{
	struct in_addr in;

	example_must("read an address", inet_pton(AF_INET, text, &in) == 1 ? 0 : -EINVAL);
	return in.s_addr;
}

static struct prefix prefix(const char *text, __u32 length)
{
	return (struct prefix){ .length = length, .address = address(text) };
}

static const char *prefix_text(struct prefix prefix)
{
	static char text[INET_ADDRSTRLEN + 16];
	char dotted[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &prefix.address, dotted, sizeof(dotted));
	snprintf(text, sizeof(text), "%s/%u", dotted, prefix.length);
	return text;
}

static void tell(const char *verb, struct prefix prefix, int ret)
{
	char what[64];

	snprintf(what, sizeof(what), "%s %s", verb, prefix_text(prefix));
	example_tell(what, ret);
}

static void route_add(int routes, struct prefix route)
{
	__u64 packets = 0;

	tell("add", route, bpf_map_update_elem(routes, &route, &packets, BPF_ANY));
}

static void route_look_up(int routes, struct prefix route)
{
	__u64 packets;

	tell("look up", route, bpf_map_lookup_elem(routes, &route, &packets));
}

static void route_delete(int routes, struct prefix route)
{
	tell("delete", route, bpf_map_delete_elem(routes, &route));
}

/* The route that has counted the frames, which counts from zero then; NULL where none has. */
static const char *route_taken(int routes)
{
	struct prefix route, *before = NULL;
	__u64 packets, none = 0;

	for (; bpf_map_get_next_key(routes, before, &route) == 0; before = &route) {
		example_must("look up a route", bpf_map_lookup_elem(routes, &route, &packets));
		if (packets != FRAMES)
			continue;
		example_must("reset", bpf_map_update_elem(routes, &route, &none, BPF_EXIST));
		return prefix_text(route);
	}
	return NULL;
}

static const char *route_wait(struct lpm *skeleton)
{
	for (int i = 0; i < 5000; i++) {
		const char *route = route_taken(bpf_map__fd(skeleton->maps.routes));

		if (route)
			return route;
		if (skeleton->bss->unreachable == FRAMES) {
			skeleton->bss->unreachable = 0;
			return "unreachable";
		}
		usleep(1000);
	}
	return "lost";
}

static void packet_send(struct lpm *skeleton, const char *to)
{
	struct {
		struct ethhdr eth;
		struct iphdr ip;
	} __attribute__((packed)) frame = {
		.eth.h_proto = htons(ETH_P_IP),
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .daddr = address(to) },
	};

	network_send("outside", FRAMES, &frame, sizeof(frame));
	printf("  %-40s %s\n", to, route_wait(skeleton));
}

static void show_routes(struct lpm *skeleton, int routes)
{
	printf("five routes\n");
	route_add(routes, prefix("0.0.0.0", 0));
	route_add(routes, prefix("10.0.0.0", 8));
	route_add(routes, prefix("10.1.0.0", 16));
	route_add(routes, prefix("10.1.2.0", 24));
	route_add(routes, prefix("10.1.2.3", 32));
	printf("%d packets to each of these, counted under\n", FRAMES);
	packet_send(skeleton, "10.1.2.3");
	packet_send(skeleton, "10.1.2.4");
	packet_send(skeleton, "10.1.3.4");
	packet_send(skeleton, "10.2.3.4");
	packet_send(skeleton, "192.0.2.1");
}

static void show_delete(struct lpm *skeleton, int routes)
{
	printf("without the more specific route\n");
	route_delete(routes, prefix("10.1.2.0", 24));
	packet_send(skeleton, "10.1.2.4");
	route_look_up(routes, prefix("10.1.2.0", 24));
	route_delete(routes, prefix("10.1.2.0", 24));
	printf("without the default route\n");
	route_delete(routes, prefix("0.0.0.0", 0));
	packet_send(skeleton, "192.0.2.1");
}

static void show_pitfalls(struct lpm *skeleton, int routes)
{
	struct prefix swapped = prefix("192.0.2.0", 24);

	printf("the address in the order of a little-endian machine\n");
	swapped.address = __builtin_bswap32(swapped.address);
	route_add(routes, swapped);
	packet_send(skeleton, "192.0.2.1");
	printf("bits behind the prefix\n");
	route_delete(routes, prefix("10.2.3.4", 8));
	packet_send(skeleton, "10.2.3.4");
	printf("what the kernel refuses\n");
	route_add(routes, prefix("10.1.2.3", 33));
	example_tell("a map without BPF_F_NO_PREALLOC",
		     bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "routes", 8, 8, 16, NULL));
}

int main(void)
{
	struct lpm *skeleton = lpm__open_and_load();
	int routes;

	example_must("load the program", skeleton ? 0 : -errno);
	network_make("outside", "inside");
	skeleton->links.route = bpf_program__attach_xdp(skeleton->progs.route,
							(int)if_nametoindex("inside"));
	example_must("attach the program", skeleton->links.route ? 0 : -errno);
	routes = bpf_map__fd(skeleton->maps.routes);

	show_routes(skeleton, routes);
	show_delete(skeleton, routes);
	show_pitfalls(skeleton, routes);
	lpm__destroy(skeleton);
	return 0;
}
