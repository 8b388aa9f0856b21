// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in a map that libbpf pins by its name: with it each loader can go on with the counters. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "xdp_stats_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct datarec);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} pinned_map SEC(".maps");

SEC("xdp")
int count_pinned(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct datarec *record = bpf_map_lookup_elem(&pinned_map, &key);

	(void)ctx;
	if (record)
		record->rx_packets++;
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
