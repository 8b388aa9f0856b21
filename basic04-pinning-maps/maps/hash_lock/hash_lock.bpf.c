// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Holds an element of a hash while the element is updated. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct value {
	struct bpf_spin_lock lock;
	__u32 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct value);
} values SEC(".maps");

__u32 key;
__u64 flags;

SEC("xdp")
int write_late(struct xdp_md *ctx)
{
	struct value *held = bpf_map_lookup_elem(&values, &key), next = { .number = 1 };

	(void)ctx;
	if (!held)
		return XDP_ABORTED;
	/* This could as well be another program, or user space. */
	bpf_map_update_elem(&values, &key, &next, flags);
	bpf_spin_lock(&held->lock);
	held->number = 2;
	bpf_spin_unlock(&held->lock);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
