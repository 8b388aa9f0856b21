// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An XDP program that passes all packets. Its map has the name of the map of counters, but larger
 * values, and more of them.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_record.h"

struct larger {
	struct datarec record;
	__u64 more;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_ACTION_MAX + 2);
	__type(key, __u32);
	__type(value, struct larger);
} XDP_STATS_MAP SEC(".maps");

SEC("xdp")
int pass_func(struct xdp_md *ctx)
{
	__u32 key = XDP_PASS;
	struct larger *value = bpf_map_lookup_elem(&XDP_STATS_MAP, &key);

	(void)ctx;
	if (value)
		value->more++;
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
