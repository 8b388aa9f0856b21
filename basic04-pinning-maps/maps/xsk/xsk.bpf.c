// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames of each receive queue go to the socket that the map has for that queue. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} sockets SEC(".maps");

__u64 redirected, passed;

SEC("xdp")
int to_socket(struct xdp_md *ctx)
{
	long action = bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);

	__sync_fetch_and_add(action == XDP_REDIRECT ? &redirected : &passed, 1);
	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
