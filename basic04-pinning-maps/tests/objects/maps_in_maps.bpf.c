// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps in maps, of both types, one of them with room for more. */
#include "object.h"

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps"), counts_by_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__array(values, struct inner);
} tenants SEC(".maps") = {
	.values = { [0] = &counts },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__array(values, struct inner);
} tenants_by_hash SEC(".maps") = {
	.values = { [0] = &counts_by_hash },
};

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 key = 0;
	void *one = bpf_map_lookup_elem(&tenants, &key);
	void *other = bpf_map_lookup_elem(&tenants_by_hash, &key);

	if (one)
		add(one);
	if (other)
		add(other);
	return one && other ? COUNT : XDP_ABORTED;
}
