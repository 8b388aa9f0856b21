// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An object without any program for XDP. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int no_xdp_here(struct __sk_buff *skb)
{
	return skb->len;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
