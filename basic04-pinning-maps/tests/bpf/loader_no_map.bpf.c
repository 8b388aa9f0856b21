// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lets all pass, and counts nothing: it has no map by which it could be told from another one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int no_map(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
