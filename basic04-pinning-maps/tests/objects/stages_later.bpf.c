// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A prog array that the object leaves empty: somebody puts programs in later. */
#include "object.h"

SMALL_MAP(stages, BPF_MAP_TYPE_PROG_ARRAY, 4);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &stages, 0);
	return COUNT;
}

SEC("xdp") int other(struct xdp_md *ctx)
{
	return ctx->data < ctx->data_end ? XDP_PASS : XDP_DROP;
}
