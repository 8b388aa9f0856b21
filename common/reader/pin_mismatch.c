// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_mismatch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "device_xdp.h"
#include "libxdp_pins.h"
#include "log.h"

/* Whether the program, or one behind libxdp's dispatcher, uses the map. True where it is unknown.
 */
static bool uses_map(int ifindex, __u32 id, __u32 map_id)
{
	int fd = bpf_prog_get_fd_by_id(id);
	bool uses = fd < 0;
	struct bpf_maps maps;
	unsigned int n;

	for (n = 0; fd >= 0; n++) {
		uses = bpf_info_maps(fd, &maps) || bpf_maps_have(&maps, map_id);
		bpf_maps_free(&maps);
		close(fd);
		fd = uses ? -ENOENT : libxdp_pins_open_program(ifindex, id, n);
	}
	return uses;
}

static void say(const struct pin_mismatch *check)
{
	const char *in = check->netns ? " --netns " : "", *netns = check->netns ? check->netns : "";
	char who[64] = "no XDP program";

	if (check->program_id)
		snprintf(who, sizeof(who), "program %u", check->program_id);
	log_warn("%s is attached to %s%s: nothing new is counted in map %u, which is pinned for "
		 "it; run 'xdp_loader%s%s -d %s' to put that right",
		 who, check->device, check->program_id ? ", and does not use the map" : "",
		 check->map_id, in, netns, check->device);
}

/* A look takes a dozen system calls: without a sign that something has changed, one a minute. */
#define LOOK_AGAIN_SECONDS 60.0

void pin_mismatch_check_round(struct pin_mismatch *check, __u32 map_id, bool counted, double now)
{
	bool pending = check->since && !check->said;
	bool due = check->due || pending || check->was_counted ||
		   now - check->looked_at >= LOOK_AGAIN_SECONDS;

	check->was_counted = counted;
	if (check->device && !counted && due)
		pin_mismatch_check(check, map_id, now);
}

void pin_mismatch_check(struct pin_mismatch *check, __u32 map_id, double now)
{
	struct device_xdp xdp;
	__u32 id;

	check->due = false;
	check->looked_at = now;

	if (device_xdp_query_again(check->netns, check->device, &check->ifindex, &xdp))
		return;
	id = device_xdp_main(&xdp); /* what the kernel runs for the device; 0: nothing */
	if (id && uses_map(xdp.ifindex, id, map_id)) {
		check->since = 0;
	} else if (!check->since || check->map_id != map_id || check->program_id != id) {
		check->map_id = map_id;
		check->program_id = id;
		check->since = now;
		check->said = false;
	} else if (!check->said && now - check->since >= PIN_MISMATCH_PERIOD) {
		say(check);
		check->said = true;
	}
}
