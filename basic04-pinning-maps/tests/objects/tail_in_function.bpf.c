// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A tail call in a function that is not inlined: it comes back here. */
#include "object.h"

int last(struct xdp_md *ctx);

PROG_ARRAY(stages, 1, [0] = (void *)&last);

static __attribute__((noinline)) int call(struct xdp_md *ctx)
{
	volatile int missed = XDP_ABORTED;

	bpf_tail_call(ctx, &stages, 0);
	return missed;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	int action = call(ctx);

	return action == XDP_DROP ? action : xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("xdp") int last(struct xdp_md *ctx)
{
	return COUNT;
}
