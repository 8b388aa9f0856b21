// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For frames of more than one buffer; also its tail calls. */
#define XDP_STATS_FRAGS
#include "object.h"

int last(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__array(values, int(void *));
} stages SEC(".maps") = {
	.values = { [0] = (void *)&last },
};

SEC("xdp.frags") int entry(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &stages, 0);
	return xdp_stats_count(ctx, XDP_ABORTED);
}

SEC("xdp.frags") int last(struct xdp_md *ctx)
{
	return COUNT;
}
