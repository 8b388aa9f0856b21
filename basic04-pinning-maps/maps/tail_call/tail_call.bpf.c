// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A dispatcher goes on in the program that the map has for the frame's EtherType, and one program
 * calls itself until the kernel stops it.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tail_call.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, SLOTS);
} handlers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, COUNTS);
} counts SEC(".maps");

static __always_inline int count(__u32 what)
{
	__u64 *value = bpf_map_lookup_elem(&counts, &what);

	if (value)
		__sync_fetch_and_add(value, 1);
	return XDP_DROP;
}

SEC("xdp")
int dispatch(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		bpf_tail_call(ctx, &handlers, SLOT_IPV4);
	else if (eth->h_proto == bpf_htons(ETH_P_ARP))
		bpf_tail_call(ctx, &handlers, SLOT_ARP);
	/* Nothing comes back here from a program that was called. */
	return count(COUNT_NO_HANDLER);
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	(void)ctx;
	return count(COUNT_FIRST);
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	(void)ctx;
	return count(COUNT_SECOND);
}

SEC("xdp")
int itself(struct xdp_md *ctx)
{
	count(COUNT_FIRST);
	bpf_tail_call(ctx, &handlers, SLOT_SELF);
	return count(COUNT_NO_HANDLER);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
