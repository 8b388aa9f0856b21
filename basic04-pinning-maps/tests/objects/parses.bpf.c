// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads headers, sums up an address, and asks for a route. */
#include "object.h"
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>

#define AF_INET 2

SEC("xdp") int entry(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *ethernet = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct bpf_fib_lookup route = { .ifindex = ctx->ingress_ifindex, .family = AF_INET };

	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP))
		route.ipv4_dst = bpf_csum_diff(0, 0, &ip->daddr, sizeof(ip->daddr), 0);
	return bpf_fib_lookup(ctx, &route, sizeof(route), 0) < 0 ? XDP_ABORTED : COUNT;
}
