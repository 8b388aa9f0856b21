// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A set that can say "perhaps": its map has no key, and a number of hashes that is not an entry. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, __u32);
} seen SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;

	bpf_map_peek_elem(&seen, &length);
	bpf_map_push_elem(&seen, &length, BPF_ANY);
	return COUNT;
}
