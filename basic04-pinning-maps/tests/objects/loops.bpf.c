// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Functions that the kernel calls: for each round of a loop, and for each entry of a map. */
#include "object.h"

MAP(rounds, BPF_MAP_TYPE_ARRAY, 1, 0);
MAP(entries, BPF_MAP_TYPE_ARRAY, 4, 0);

static int add_round(__u32 index, void *context)
{
	add(&rounds);
	return index > 1000 || context;
}

static long add_entry(void *map, __u32 *key, __u64 *value, void *context)
{
	*value += *key;
	return !map || context;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_loop(100, add_round, 0, 0);
	return bpf_for_each_map_elem(&entries, add_entry, 0, 0) == 4 ? COUNT : XDP_ABORTED;
}
