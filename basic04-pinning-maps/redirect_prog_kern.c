// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What `testenv.sh redirect` loads on the outer device of an environment. Frames to the inner end
 * of another environment leave by that one's device; all others pass. Each frame is counted.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

/* In network byte order; testenv/environment/redirect.bash writes it. */
struct target {
	__be32 address6[4];
	__be32 address4;
	unsigned char mac[ETH_ALEN];	/* of the other inner end */
	unsigned char source[ETH_ALEN]; /* of the device that the frame leaves by */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct target);
} redirect_target SEC(".maps");

/* The kernel empties the entry when the device goes: a later one of its index gets no frames. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} redirect_device SEC(".maps");

static __always_inline int is_for_ip(const struct iphdr *ip, const void *end,
				     const struct target *target)
{
	return (const void *)(ip + 1) <= end && ip->daddr == target->address4;
}

static __always_inline int is_for_ip6(const struct ipv6hdr *ip, const void *end,
				      const struct target *target)
{
	if ((const void *)(ip + 1) > end)
		return 0;
#pragma unroll
	for (int i = 0; i < 4; i++) {
		if (ip->daddr.in6_u.u6_addr32[i] != target->address6[i])
			return 0;
	}
	return 1;
}

static __always_inline int is_for(const struct ethhdr *eth, const void *end,
				  const struct target *target)
{
	switch (eth->h_proto) {
	case bpf_htons(ETH_P_IP):
		return is_for_ip((const void *)(eth + 1), end, target);
	case bpf_htons(ETH_P_IPV6):
		return is_for_ip6((const void *)(eth + 1), end, target);
	default:
		return 0;
	}
}

SEC("xdp")
int xdp_redirect_func(struct xdp_md *ctx)
{
	struct target *target = bpf_map_lookup_elem(&redirect_target, &(__u32){ 0 });
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if (!target || (void *)(eth + 1) > end || !is_for(eth, end, target))
		return xdp_stats_count(ctx, XDP_PASS);

	/* First whether it can go: a frame that passes must be as it came. */
	if (bpf_redirect_map(&redirect_device, 0, XDP_PASS) != XDP_REDIRECT)
		return xdp_stats_count(ctx, XDP_PASS);
	__builtin_memcpy(eth->h_dest, target->mac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, target->source, ETH_ALEN);
	return xdp_stats_count(ctx, XDP_REDIRECT);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
