// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A device map: frames that come in by one device leave by the one that the map has. */
#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../network.h"
#include "maps/redirect/redirect.skel.h"

#define FRAMES 10
#define NATIVE XDP_FLAGS_DRV_MODE
#define GENERIC XDP_FLAGS_SKB_MODE

static struct redirect *load(void)
{
	struct redirect *skel = redirect__open_and_load();

	example_must("load the programs", skel ? 0 : -errno);
	return skel;
}

static void attach(const char *device, struct bpf_program *program, __u32 mode)
{
	int ifindex = (int)if_nametoindex(device);

	bpf_xdp_detach(ifindex, mode == NATIVE ? GENERIC : NATIVE, NULL);
	example_must("attach", bpf_xdp_attach(ifindex, bpf_program__fd(program), mode, NULL));
}

static void put(struct bpf_map *map, const void *value)
{
	__u32 key = 0;

	example_must("put a device into the map",
		     bpf_map__update_elem(map, &key, sizeof(key), value, bpf_map__value_size(map),
					  BPF_ANY));
}

static void look_up(struct bpf_map *map)
{
	__u32 key = 0, ifindex;

	example_tell("lookup",
		     bpf_map__lookup_elem(map, &key, sizeof(key), &ifindex, sizeof(ifindex), 0));
}

/* Frames are on their way when they have been sent: what arrives has arrived within a second, and
 * most often at once.
 */
static void send_frames(struct redirect *skel, const char *what)
{
	static const char frame[64] = "\2\0\0\0\0\2\2\0\0\0\0\1";

	skel->bss->redirected = skel->bss->passed = skel->bss->leaving = skel->bss->arrived = 0;
	network_send("a0", FRAMES, frame, sizeof(frame));
	for (int wait = 100; wait && skel->bss->passed + skel->bss->arrived < FRAMES; wait--)
		usleep(10 * 1000);
	printf("  %-30s %10llu %6llu %8llu %8llu\n", what, skel->bss->redirected, skel->bss->passed,
	       skel->bss->leaving, skel->bss->arrived);
}

/* Each line changes what was before it in one thing. */
static void run(struct redirect *skel)
{
	__u32 b0 = if_nametoindex("b0");
	struct bpf_devmap_val value = {
		.ifindex = b0,
		.bpf_prog.fd = bpf_program__fd(skel->progs.leaves),
	};

	attach("a1", skel->progs.comes_in, NATIVE);
	attach("b1", skel->progs.arrives, NATIVE);
	send_frames(skel, "the map is empty");
	put(skel->maps.devices, &b0);
	send_frames(skel, "b0 in the map");
	attach("b1", skel->progs.arrives, GENERIC);
	send_frames(skel, "b1's program generic");
	attach("a1", skel->progs.comes_in, GENERIC);
	send_frames(skel, "a1's program generic too");

	attach("a1", skel->progs.comes_in_too, NATIVE);
	attach("b1", skel->progs.arrives, NATIVE);
	put(skel->maps.with_programs, &value);
	send_frames(skel, "b0 and a program in a map");
}

int main(void)
{
	struct redirect *skel;

	network_make("a0", "a1");
	network_make("b0", "b1");
	skel = load();

	printf("%-32s %10s %6s %8s %8s\n", "10 frames each", "redirected", "passed", "leaving",
	       "arrived");
	run(skel);
	printf("the device in the map goes\n");
	look_up(skel->maps.devices);
	network_run("ip link del b0");
	look_up(skel->maps.devices);
	redirect__destroy(skel);
	return 0;
}
