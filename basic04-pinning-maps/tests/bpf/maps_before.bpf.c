// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A control surface's program from before there was a number of packets to trace: it traces every
 * packet, or none.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "maps_control.h"
#include "xdp_stats_count.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct maps_value);
} MAPS_CONTROL_MAP SEC(".maps");

SEC("xdp")
int maps_before(struct xdp_md *ctx)
{
	struct maps_value *trace = bpf_map_lookup_elem(&MAPS_CONTROL_MAP, &(__u32){ 1 });

	if (trace && trace->value1)
		bpf_printk("MAPS_SIMPLE: before");
	return xdp_stats_count(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
