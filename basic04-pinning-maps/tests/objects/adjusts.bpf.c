// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Changes what is in the packet, and how long it is. */
#include "object.h"

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u8 *byte = (void *)(long)ctx->data;

	if (byte + 1 > (__u8 *)(long)ctx->data_end)
		return XDP_PASS;
	*byte ^= 1;
	return bpf_xdp_adjust_head(ctx, 2) ? XDP_ABORTED : COUNT;
}
