// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Three ways to report a packet. The event is the number that the frame begins with. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	/* A power of two, and of whole pages: on ARM they may be as large. */
	__uint(max_entries, 65536);
} ring SEC(".maps");

/* libbpf makes it as large as there are CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

__u64 refused;

/* The frame's number, or NULL where the frame is too short. */
static __always_inline __u64 *frame_number(struct xdp_md *ctx)
{
	__u64 *number = (void *)(long)ctx->data;

	return (void *)(number + 1) <= (void *)(long)ctx->data_end ? number : NULL;
}

/* Writes into the ring itself. What is reserved must be submitted or discarded on every path. */
SEC("xdp")
int ring_reserve(struct xdp_md *ctx)
{
	__u64 *number = frame_number(ctx), *event;

	if (!number)
		return XDP_ABORTED;
	event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
	if (!event) {
		refused++;
		return XDP_PASS;
	}
	*event = *number;
	bpf_ringbuf_submit(event, 0);
	return XDP_PASS;
}

/* Copies what is elsewhere. */
SEC("xdp")
int ring_output(struct xdp_md *ctx)
{
	__u64 *number = frame_number(ctx), event;

	if (!number)
		return XDP_ABORTED;
	event = *number;
	if (bpf_ringbuf_output(&ring, &event, sizeof(event), 0))
		refused++;
	return XDP_PASS;
}

SEC("xdp")
int perf_output(struct xdp_md *ctx)
{
	__u64 *number = frame_number(ctx), event;

	if (!number)
		return XDP_ABORTED;
	event = *number;
	if (bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &event, sizeof(event)))
		refused++;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
