// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A record of a ring buffer whose size is known when the program runs. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;
	struct bpf_dynptr record;

	bpf_ringbuf_reserve_dynptr(&ring, length, 0, &record);
	bpf_dynptr_write(&record, 0, &length, sizeof(length), 0);
	bpf_ringbuf_submit_dynptr(&record, 0);
	return COUNT;
}
