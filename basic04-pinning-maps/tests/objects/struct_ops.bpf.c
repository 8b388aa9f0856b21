// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A congestion control for TCP beside XDP. */
#include "object.h"

struct tcp_congestion_ops {
	__u32 (*ssthresh)(void *socket);
	__u32 (*undo_cwnd)(void *socket);
	void (*cong_avoid)(void *socket, __u32 ack, __u32 acked);
	char name[16];
};

SEC("struct_ops/window") __u32 window(unsigned long long *ctx)
{
	return ctx ? 2 : 0;
}

SEC("struct_ops/undo") __u32 undo(unsigned long long *ctx)
{
	return ctx ? 2 : 0;
}

SEC("struct_ops/avoid") void avoid(unsigned long long *ctx)
{
	(void)ctx;
}

SEC(".struct_ops")
struct tcp_congestion_ops slow = {
	.ssthresh = (void *)window,
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)avoid,
	.name = "bpf_slow",
};

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
