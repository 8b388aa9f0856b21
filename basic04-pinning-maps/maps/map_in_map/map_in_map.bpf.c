// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in a map that it finds in another map. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counter {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__type(key, __u32);
	__uint(max_entries, 4);
	__array(values, struct counter);
} slots SEC(".maps");

/* The frame's first byte says which slot. */
SEC("xdp")
int count(struct xdp_md *ctx)
{
	unsigned char *frame = (void *)(long)ctx->data;
	__u32 slot, first = 0;
	__u64 *counter;
	void *map;

	if (frame + 1 > (unsigned char *)(long)ctx->data_end)
		return XDP_ABORTED;
	slot = *frame;
	map = bpf_map_lookup_elem(&slots, &slot);
	if (!map)
		return XDP_DROP;
	counter = bpf_map_lookup_elem(map, &first);
	if (!counter)
		return XDP_ABORTED;
	__sync_fetch_and_add(counter, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
