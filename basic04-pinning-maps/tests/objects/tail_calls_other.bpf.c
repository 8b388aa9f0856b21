// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tail calls beside those of another type of program, which are not for XDP. */
#include "object.h"

int xdp_last(struct xdp_md *ctx);
int tc_last(struct __sk_buff *skb);

PROG_ARRAY(xdp_stages, 1, [0] = (void *)&xdp_last);
PROG_ARRAY(tc_stages, 1, [0] = (void *)&tc_last);

SEC("tc") int tc_entry(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &tc_stages, 0);
	return 0;
}

SEC("tc") int tc_last(struct __sk_buff *skb)
{
	return skb->len == 0;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &xdp_stages, 0);
	return xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("xdp") int xdp_last(struct xdp_md *ctx)
{
	return COUNT;
}
