// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Global variables: each section is a map, constants are never another load's. */
#include "object.h"

const volatile __u32 limit = 1000;
const volatile char greeting[8] = "hello";
volatile __u64 seen;
volatile __u32 threshold = 5;
volatile __u32 extra SEC(".data.extra") = 7;

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&seen, 1);
	return threshold + extra > limit && greeting[0] ? XDP_PASS : COUNT;
}
