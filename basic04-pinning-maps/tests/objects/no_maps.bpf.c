// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program that has no map at all. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return ctx->data < ctx->data_end ? XDP_DROP : XDP_PASS;
}
