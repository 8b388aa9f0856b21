// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program with constants. libbpf makes a map of them, and calls it "constant.rodata": after the
 * object and its section.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

/* The checker makes DROPPED of it in a copy of the object. */
static const volatile char what[] = "PASSING";

SEC("xdp")
int constants_func(struct xdp_md *ctx)
{
	return xdp_stats_count(ctx, what[0] == 'P' ? XDP_PASS : XDP_DROP);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
