// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What counting costs: programs that differ in how they count, and in nothing else. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

#ifdef XDP_STATS_FRAGS
#define XDP_SECTION "xdp.frags"
#else
#define XDP_SECTION "xdp"
#endif

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XDP_ACTION_MAX);
	__type(key, __u32);
	__type(value, struct datarec);
} shared_map SEC(".maps");

SEC(XDP_SECTION)
int bare(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

SEC(XDP_SECTION)
int per_cpu(struct xdp_md *ctx)
{
	return xdp_stats_count(ctx, XDP_PASS);
}

SEC(XDP_SECTION)
int shared_atomic(struct xdp_md *ctx)
{
	__u32 key = XDP_PASS;
	struct datarec *rec = bpf_map_lookup_elem(&shared_map, &key);

	if (!rec)
		return XDP_ABORTED;
	__sync_fetch_and_add(&rec->rx_packets, 1);
	__sync_fetch_and_add(&rec->rx_bytes, ctx->data_end - ctx->data);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
