// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map of a control map's sizes, with a lock, and of another meaning. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct quota {
	__u32 seconds;
	__u32 limit;
	struct bpf_spin_lock lock;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct quota);
} quota SEC(".maps");

SEC("xdp")
int maps_layout(struct xdp_md *ctx)
{
	(void)ctx;
	return bpf_map_lookup_elem(&quota, &(__u32){ 0 }) ? XDP_PASS : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
