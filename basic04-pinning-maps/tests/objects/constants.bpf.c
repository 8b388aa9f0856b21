// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A table of constants larger than a page, and constants in a section of their own. */
#include "object.h"

const __u32 table[32768] = { [32767] = 1 };
const __u32 other[4] SEC(".rodata.other") = { 1, 2, 3, 4 };

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;

	return table[length & 32767] + other[length & 3] > 4 ? XDP_PASS : COUNT;
}
