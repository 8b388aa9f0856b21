/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tail_call and tail_swap share: the dispatcher, its handlers, and frames that are counted. */
#ifndef HANDLERS_H
#define HANDLERS_H

#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../network.h"
#include "maps/tail_call/tail_call.skel.h"
#include "tail_call.h"

static const char ipv4[64] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x00";

static int counts; /* outlives the skeleton */

static inline struct tail_call *load(void)
{
	struct tail_call *skel = tail_call__open_and_load();

	example_must("load the programs", skel ? 0 : -errno);
	counts = example_must("keep the counts open", dup(bpf_map__fd(skel->maps.counts)));
	return skel;
}

static inline void attach(struct bpf_program *program)
{
	example_must("attach", bpf_xdp_attach((int)if_nametoindex("a1"), bpf_program__fd(program),
					      XDP_FLAGS_DRV_MODE, NULL));
}

static inline void put(struct tail_call *skel, __u32 slot, struct bpf_program *program)
{
	int fd = bpf_program__fd(program);

	example_must("put a program into the map",
		     bpf_map__update_elem(skel->maps.handlers, &slot, sizeof(slot), &fd, sizeof(fd),
					  BPF_ANY));
}

static inline __u64 counted(__u32 what)
{
	__u64 value = 0;

	example_must("read a count", bpf_map_lookup_elem(counts, &what, &value));
	return value;
}

static inline bool all_counted(unsigned int frames)
{
	return counted(COUNT_FIRST) + counted(COUNT_SECOND) + counted(COUNT_NO_HANDLER) >= frames;
}

/* Sends the frame so often, from counts of 0, and waits until each frame is counted. */
static inline void send_frames(const char *frame, unsigned int frames)
{
	__u64 zero = 0;

	for (__u32 what = 0; what < COUNTS; what++)
		example_must("reset a count", bpf_map_update_elem(counts, &what, &zero, BPF_ANY));
	network_send("a0", frames, frame, sizeof(ipv4));
	for (int wait = 1000; wait && !all_counted(frames); wait--)
		usleep(10 * 1000);
}

#endif /* HANDLERS_H */
