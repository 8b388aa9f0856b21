// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Ends frames in numbers around the edge of what is an XDP action: the frame's first byte says in
 * which.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

SEC("xdp")
int stats_strange(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	if (data + 1 > (unsigned char *)(long)ctx->data_end)
		return XDP_ABORTED;
	return xdp_stats_count(ctx, *data == 0xff ? (__u32)-1 : *data);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
