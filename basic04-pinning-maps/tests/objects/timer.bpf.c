// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A timer in a map's value, and the function that it calls. */
#include "object.h"

#define CLOCK_MONOTONIC 1

struct flow {
	__u64 packets;
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flow);
} flows SEC(".maps");

static int expire(void *map, __u32 *key, struct flow *flow)
{
	flow->packets = *key;
	return !map;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);

	if (!flow)
		return XDP_PASS;
	flow->packets++;
	bpf_timer_init(&flow->timer, &flows, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&flow->timer, expire);
	bpf_timer_start(&flow->timer, 1000000000, 0);
	return COUNT;
}
