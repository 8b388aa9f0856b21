/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting for XDP programs: include this, and end each program with
 *
 *	return xdp_stats_count(ctx, XDP_PASS);
 *
 * Every reader of the map's layout (xdp_stats, bpftool, ...) can then show the program's counters.
 *
 * A program in section "xdp.frags" (kernel >= 5.18) may see frames of more than one buffer, of
 * which data_end - data is only the first: it defines XDP_STATS_FRAGS before it includes this. No
 * older kernel loads such a program, nor has the helper; a program in section "xdp" never meets
 * such a frame, needs no helper and loads on any kernel.
 */
#ifndef XDP_STATS_COUNT_H
#define XDP_STATS_COUNT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_ACTION_MAX);
	__type(key, __u32);
	__type(value, struct datarec);
} XDP_STATS_MAP SEC(".maps");

/* Counts the frame under its action. Returns the action to return: @action itself; or XDP_ABORTED,
 * without counting, if @action is not an XDP action.
 */
static __always_inline int xdp_stats_count(struct xdp_md *ctx, __u32 action)
{
	struct datarec *rec = bpf_map_lookup_elem(&XDP_STATS_MAP, &action);

	if (!rec)
		return XDP_ABORTED;

	/* Plain additions: the record is this CPU's own, and XDP runs in softirq context, where
	 * nothing else on this CPU runs the program in between.
	 */
	rec->rx_packets++;
#ifdef XDP_STATS_FRAGS
	rec->rx_bytes += bpf_xdp_get_buff_len(ctx);
#else
	rec->rx_bytes += ctx->data_end - ctx->data;
#endif
	return action;
}

#endif /* XDP_STATS_COUNT_H */
