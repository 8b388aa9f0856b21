// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The longest prefix that matches: a route for each packet that comes out of a veth device. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>

#include "../network.h"
#include "lpm.h"
#include "maps/lpm/lpm.skel.h"

#define FRAMES 3

static struct lpm *skel;
static int routes;

/* Of a text as 10.1.2.0/24. */
static struct prefix prefix(const char *text)
{
	struct prefix prefix;
	char dotted[16];

	example_must("read a prefix",
		     sscanf(text, "%15[0-9.]/%u", dotted, &prefix.length) == 2 ? 0 : -EINVAL);
	prefix.address = inet_addr(dotted);
	return prefix;
}

/* Prints what a call to the map has answered. */
static void tell(const char *verb, const char *text, int ret)
{
	printf("  %-6s %-33s %s\n", verb, text, example_answer(ret));
}

static void route_add(const char *text, struct prefix prefix)
{
	struct route route = {};

	strcpy(route.text, text);
	tell("add", text, bpf_map_update_elem(routes, &prefix, &route, BPF_ANY));
}

static void route_delete(const char *text)
{
	struct prefix key = prefix(text);

	tell("delete", text, bpf_map_delete_elem(routes, &key));
}

/* The route that has counted the frames, which counts from zero then; NULL where none has. */
static const char *route_taken(void)
{
	struct prefix key, *before = NULL;
	static struct route route;

	for (; bpf_map_get_next_key(routes, before, &key) == 0; before = &key) {
		example_must("look up a route", bpf_map_lookup_elem(routes, &key, &route));
		if (route.packets != FRAMES)
			continue;
		route.packets = 0;
		example_must("reset", bpf_map_update_elem(routes, &key, &route, BPF_EXIST));
		return route.text;
	}
	if (skel->bss->unreachable.packets != FRAMES)
		return NULL;
	skel->bss->unreachable.packets = 0;
	return "unreachable";
}

static void packet_send(const char *to)
{
	struct {
		struct ethhdr eth;
		struct iphdr ip;
	} __attribute__((packed)) frame = {
		.eth.h_proto = htons(ETH_P_IP),
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .daddr = inet_addr(to) },
	};
	const char *route;

	network_send("outside", FRAMES, &frame, sizeof(frame));
	for (int wait = 5000; !(route = route_taken()) && wait; wait--)
		usleep(1000);
	printf("  %-40s %s\n", to, route ? route : "lost");
}

static void show_routes(void)
{
	static const char *const five[] = { "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24",
					    "10.1.2.3/32" };
	static const char *const addresses[] = { "10.1.2.3", "10.1.2.4", "10.1.3.4", "10.2.3.4",
						 "192.0.2.1" };

	printf("five routes\n");
	for (size_t i = 0; i < EXAMPLE_ELEMENTS(five); i++)
		route_add(five[i], prefix(five[i]));
	printf("%d packets to each of these, counted under\n", FRAMES);
	for (size_t i = 0; i < EXAMPLE_ELEMENTS(addresses); i++)
		packet_send(addresses[i]);
}

static void show_delete(void)
{
	struct prefix key = prefix("10.1.2.0/24");
	struct route route;

	printf("without the more specific route\n");
	route_delete("10.1.2.0/24");
	packet_send("10.1.2.4");
	tell("lookup", "10.1.2.0/24", bpf_map_lookup_elem(routes, &key, &route));
	route_delete("10.1.2.0/24");
	printf("without the default route\n");
	route_delete("0.0.0.0/0");
	packet_send("192.0.2.1");
}

static void show_pitfalls(void)
{
	struct prefix swapped = prefix("192.0.2.0/24");

	printf("the address in the order of a little-endian machine\n");
	swapped.address = __builtin_bswap32(swapped.address);
	route_add("0.2.0.192/24", swapped);
	packet_send("192.0.2.1");
	printf("bits behind the prefix\n");
	route_delete("10.2.3.4/8");
	packet_send("10.2.3.4");
	printf("what the kernel refuses\n");
	route_add("10.1.2.3/33", prefix("10.1.2.3/33"));
	example_tell("a map without BPF_F_NO_PREALLOC",
		     bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "routes", 8, 8, 16, NULL));
}

int main(void)
{
	network_make("outside", "inside");
	skel = lpm__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	routes = bpf_map__fd(skel->maps.routes);
	skel->links.route = bpf_program__attach_xdp(skel->progs.route,
						    (int)if_nametoindex("inside"));
	example_must("attach the program", skel->links.route ? 0 : -errno);
	show_routes();
	show_delete();
	show_pitfalls();
	lpm__destroy(skel);
	return 0;
}
