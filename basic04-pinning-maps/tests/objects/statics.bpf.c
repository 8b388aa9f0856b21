// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What no other file can see: variables and functions. */
#include "object.h"

static volatile __u32 frames;
static volatile __u32 step = 1;

static __attribute__((noinline)) void next(void)
{
	frames += step;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	next();
	return COUNT;
}
