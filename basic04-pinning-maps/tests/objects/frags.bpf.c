// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For frames of more than one buffer; also its tail calls. */
#define XDP_STATS_FRAGS
#include "object.h"

int last(struct xdp_md *ctx);

PROG_ARRAY(stages, 1, [0] = (void *)&last);

SEC("xdp.frags") int entry(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &stages, 0);
	return xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("xdp.frags") int last(struct xdp_md *ctx)
{
	return COUNT;
}
