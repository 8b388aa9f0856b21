// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The first one is loaded, unless another is asked for. */
#include "object.h"

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}

SEC("xdp") int other(struct xdp_md *ctx)
{
	return ctx->data < ctx->data_end ? XDP_PASS : XDP_DROP;
}
