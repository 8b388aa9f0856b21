// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps with flags: of a NUMA node, that user space may only read, or only write, and others. */
#include "object.h"

MAP(user_reads, BPF_MAP_TYPE_ARRAY, 1, BPF_F_RDONLY);
MAP(user_writes, BPF_MAP_TYPE_ARRAY, 1, BPF_F_WRONLY);
MAP(ordered, BPF_MAP_TYPE_HASH, 4, BPF_F_ZERO_SEED);
MAP(any_inner, BPF_MAP_TYPE_ARRAY, 1, BPF_F_INNER_MAP);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_NUMA_NODE);
	__uint(numa_node, 0);
	__type(key, __u32);
	__type(value, __u64);
} on_node SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	add(&user_reads);
	add(&user_writes);
	add(&ordered);
	add(&any_inner);
	add(&on_node);
	return COUNT;
}
