// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Buffers to user space: libbpf makes a ring buffer larger, up to whole pages and a power of 2. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} page SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;

	bpf_ringbuf_output(&ring, &length, sizeof(length), 0);
	bpf_ringbuf_output(&page, &length, sizeof(length), 0);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &length, sizeof(length));
	return COUNT;
}
