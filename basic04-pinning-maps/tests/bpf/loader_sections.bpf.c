// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Global variables of each kind: libbpf makes maps of them, with dots in their names. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 constant = XDP_PASS;
__u32 from_one = 1;
__u32 from_zero;

SEC("xdp")
int sections(struct xdp_md *ctx __attribute__((unused)))
{
	from_one++;
	from_zero++;
	return constant;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
