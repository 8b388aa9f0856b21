// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Somebody else's program, which counts and passes; it runs before ours. */
#ifndef NEIGHBOUR
#define NEIGHBOUR neighbour_front
#define PRIORITY 10
#endif

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>

#include "xdp_stats_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct datarec);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} neighbour_map SEC(".maps");

struct {
	__uint(priority, PRIORITY);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(NEIGHBOUR);

SEC("xdp")
int NEIGHBOUR(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct datarec *record = bpf_map_lookup_elem(&neighbour_map, &key);

	(void)ctx;
	if (record)
		record->rx_packets++;
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
