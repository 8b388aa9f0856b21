// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program that only reads the map, and one that writes. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} settings SEC(".maps");

SEC("xdp")
int reads(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u32 *value = bpf_map_lookup_elem(&settings, &key);

	(void)ctx;
	return value && *value ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int writes(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u32 *value = bpf_map_lookup_elem(&settings, &key);

	(void)ctx;
	if (value)
		*value = 2;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
