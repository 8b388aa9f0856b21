// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The maps of loader_two_maps that count, one of them with another value in each field there is. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 9);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u16);
} second_map SEC(".maps");

SEC("xdp")
int differs(struct xdp_md *ctx)
{
	__u64 key = 0;

	bpf_map_lookup_elem(&second_map, &key);
	return xdp_stats_count(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
