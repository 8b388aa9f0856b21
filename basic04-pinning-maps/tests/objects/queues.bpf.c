// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps without keys. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, __u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 4);
	__type(value, __u32);
} stack SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;

	bpf_map_push_elem(&queue, &length, BPF_EXIST);
	bpf_map_push_elem(&stack, &length, BPF_EXIST);
	return COUNT;
}
