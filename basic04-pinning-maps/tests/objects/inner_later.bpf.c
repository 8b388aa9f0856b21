// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps in maps that the object only describes: somebody puts them in later. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u64);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_LRU_HASH);
			__uint(max_entries, 16);
			__type(key, __u32);
			__type(value, __u64);
		});
} tenants SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u64 tenant = 0;
	void *counts = bpf_map_lookup_elem(&tenants, &tenant);

	if (counts)
		add(counts);
	return COUNT;
}
