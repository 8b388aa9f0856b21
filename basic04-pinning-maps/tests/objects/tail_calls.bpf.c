// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A prog array that the object fills, also with the next one in a chain, and with programs of which
 * the section says nothing.
 */
#include "object.h"

int last(struct xdp_md *ctx);
int middle(struct xdp_md *ctx);

PROG_ARRAY(stages, 4, [1] = (void *)&middle, [3] = (void *)&last);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &stages, 1);
	return xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("stage/1") int middle(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &stages, 3);
	return xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("xdp") int last(struct xdp_md *ctx)
{
	return COUNT;
}
