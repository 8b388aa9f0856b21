// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An XDP program that reads what update writes: for each packet it compares the first number with
 * the last one. It passes the packet where they are the same, drops it where they differ, and
 * counts.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "values.h"
#include "xdp_stats_count.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct values);
} VALUES_MAP SEC(".maps");

SEC("xdp")
int values_func(struct xdp_md *ctx)
{
	struct values *value = bpf_map_lookup_elem(&VALUES_MAP, &(__u32){ 0 });
	__u32 first, last;

	if (!value)
		return xdp_stats_count(ctx, XDP_ABORTED);

	bpf_spin_lock(&value->lock);
	first = value->numbers[0];
	last = value->numbers[VALUES_COUNT - 1];
	bpf_spin_unlock(&value->lock);
	return xdp_stats_count(ctx, first == last ? XDP_PASS : XDP_DROP);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
