// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One map more than the lesson's program, one that the program itself does not use, constants, and
 * two programs.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} second_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} others_map SEC(".maps");

const volatile __u32 constant = XDP_PASS;

SEC("xdp")
int two_maps(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&second_map, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return xdp_stats_count(ctx, constant);
}

SEC("xdp")
int with_others(struct xdp_md *ctx)
{
	__u32 key = 0;

	bpf_map_lookup_elem(&others_map, &key);
	return xdp_stats_count(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
