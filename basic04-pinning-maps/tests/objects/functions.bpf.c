// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Functions that are not inlined, one of them global. */
#include "object.h"

__attribute__((noinline)) int is_short(__u32 length)
{
	return length < 10;
}

static __attribute__((noinline)) __u32 length_of(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return is_short(length_of(ctx)) ? XDP_PASS : COUNT;
}
