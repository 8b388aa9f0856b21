// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts by libxdp's header, whose map asks libbpf to be pinned at the top of the BPF filesystem.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include <xdp/xdp_stats_kern_user.h>
#include <xdp/xdp_stats_kern.h>

SEC("xdp")
int libxdp_counts(struct xdp_md *ctx)
{
	return xdp_stats_record_action(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
