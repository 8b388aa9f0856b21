// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The kernel gives a callback four things, and a program one, whether they are used or not. */
#pragma clang diagnostic ignored "-Wunused-parameter"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

/* What the last walk came to, for user space. No long: an error of Linux 6.1 has 32 bits. */
int visits;
__u64 sum;

static long add_value(void *map, const __u32 *key, __u64 *value, __u64 *total)
{
	*total += *value;
	return 0;
}

/* Not on the caller's stack: the verifier would follow it from number to number, and give up. */
__u64 count;

static long stop_at_10th(void *map, const __u32 *key, __u64 *value, void *unused)
{
	return ++count == 10;
}

static long update_element(void *map, const __u32 *key, __u64 *value, void *unused)
{
	__u64 same = *value;

	bpf_map_update_elem(map, key, &same, BPF_EXIST);
	return 0;
}

static long delete_odd(void *map, const __u32 *key, __u64 *value, void *unused)
{
	if (*key % 2)
		bpf_map_delete_elem(map, key);
	return 0;
}

SEC("xdp")
int walk_adds(struct xdp_md *ctx)
{
	__u64 total = 0;

	visits = bpf_for_each_map_elem(&numbers, add_value, &total, 0);
	sum = total;
	return XDP_PASS;
}

SEC("xdp")
int walk_stops(struct xdp_md *ctx)
{
	count = 0;
	visits = bpf_for_each_map_elem(&numbers, stop_at_10th, NULL, 0);
	return XDP_PASS;
}

SEC("xdp")
int walk_updates(struct xdp_md *ctx)
{
	visits = bpf_for_each_map_elem(&numbers, update_element, NULL, 0);
	return XDP_PASS;
}

SEC("xdp")
int walk_deletes(struct xdp_md *ctx)
{
	visits = bpf_for_each_map_elem(&numbers, delete_odd, NULL, 0);
	return XDP_PASS;
}

SEC("xdp")
int walk_with_flags(struct xdp_md *ctx)
{
	visits = bpf_for_each_map_elem(&numbers, delete_odd, NULL, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
