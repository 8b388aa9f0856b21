// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map for the longest prefix. */
#include "object.h"

struct prefix {
	__u32 length;
	__u32 address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 100);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, __u32);
} routes SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	struct prefix any = { .length = 32, .address = 1 };
	__u32 *route = bpf_map_lookup_elem(&routes, &any);

	return route ? XDP_PASS : COUNT;
}
