// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map of the contract's name, and of another type and size; a program the verifier refuses; one
 * that is for something else than XDP.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 7);
	__type(key, __u32);
	__type(value, __u64);
} xdp_stats_map SEC(".maps");

SEC("xdp")
int other_shape(struct xdp_md *ctx __attribute__((unused)))
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&xdp_stats_map, &key) ? XDP_PASS : XDP_ABORTED;
}

SEC("xdp")
int out_of_bounds(struct xdp_md *ctx)
{
	return *(char *)(long)ctx->data;
}

SEC("socket")
int no_xdp(struct __sk_buff *skb)
{
	return skb->len;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
