// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Two numbers that belong together, so far apart that it takes a while to copy both. */
struct pair {
	struct bpf_spin_lock lock;
	__u32 first;
	__u32 between[16384];
	__u32 second;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pair);
} pairs SEC(".maps");

/* Both say XDP_PASS to a whole pair, XDP_DROP to a torn one. */
SEC("xdp")
int read_unlocked(struct xdp_md *ctx __attribute__((unused)))
{
	__u32 key = 0;
	/* Volatile, or the compiler is free to read a number when it likes. */
	volatile struct pair *pair = bpf_map_lookup_elem(&pairs, &key);

	if (!pair)
		return XDP_ABORTED;
	return pair->first == pair->second ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int read_locked(struct xdp_md *ctx __attribute__((unused)))
{
	__u32 key = 0, first, second;
	struct pair *pair = bpf_map_lookup_elem(&pairs, &key);

	if (!pair)
		return XDP_ABORTED;
	bpf_spin_lock(&pair->lock);
	first = pair->first;
	second = pair->second;
	bpf_spin_unlock(&pair->lock);
	return first == second ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
