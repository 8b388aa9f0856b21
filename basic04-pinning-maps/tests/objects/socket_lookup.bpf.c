// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Looks for the socket of a packet, and gives it back. */
#include "object.h"

SEC("xdp") int entry(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = { .ipv4 = { .dport = 1, .sport = 1 } };
	struct bpf_sock *socket = bpf_sk_lookup_udp(ctx, &tuple, sizeof(tuple.ipv4),
						    BPF_F_CURRENT_NETNS, 0);

	if (socket)
		bpf_sk_release(socket);
	return socket ? XDP_PASS : COUNT;
}
