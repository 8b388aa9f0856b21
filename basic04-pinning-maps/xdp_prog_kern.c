// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lesson's XDP programs: each ends every frame in its action, and counts it. Compiled twice:
 * plain, and with XDP_STATS_FRAGS for kernels that let XDP programs see frames of many buffers.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

#ifdef XDP_STATS_FRAGS
#define XDP_SECTION "xdp.frags"
#else
#define XDP_SECTION "xdp"
#endif

SEC(XDP_SECTION)
int xdp_pass_func(struct xdp_md *ctx)
{
	return xdp_stats_count(ctx, XDP_PASS);
}

SEC(XDP_SECTION)
int xdp_drop_func(struct xdp_md *ctx)
{
	return xdp_stats_count(ctx, XDP_DROP);
}

/* What a program returns when it failed: the frame is dropped and the tracepoint
 * xdp:xdp_exception fires.
 */
SEC(XDP_SECTION)
int xdp_abort_func(struct xdp_md *ctx)
{
	return xdp_stats_count(ctx, XDP_ABORTED);
}

/* Sends the frame back out of the interface it came in by, to whoever sent it. */
SEC(XDP_SECTION)
int xdp_tx_func(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	unsigned char mac[ETH_ALEN];

	if ((void *)(eth + 1) > end)
		return xdp_stats_count(ctx, XDP_ABORTED);

	__builtin_memcpy(mac, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, mac, ETH_ALEN);
	return xdp_stats_count(ctx, XDP_TX);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
