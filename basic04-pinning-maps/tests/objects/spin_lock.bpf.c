// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A value with a lock in it: what is in it is in BTF. */
#include "object.h"

struct guarded {
	struct bpf_spin_lock lock;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guarded);
} values SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct guarded *value = bpf_map_lookup_elem(&values, &key);

	if (!value)
		return XDP_PASS;
	bpf_spin_lock(&value->lock);
	value->count++;
	bpf_spin_unlock(&value->lock);
	return COUNT;
}
