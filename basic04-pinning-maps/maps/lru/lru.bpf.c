// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Looks up the first elements, and does nothing with them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED __attribute__((unused))
#define GROUP 16 /* as in lru.c */

/* The example makes one with other flags too. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1024);
} recent SEC(".maps");

SEC("xdp")
int look_up(struct xdp_md *ctx UNUSED)
{
	__u32 found = 0;

	for (int i = 0; i < GROUP; i++) {
		__u32 key = i;

		found += bpf_map_lookup_elem(&recent, &key) != NULL;
	}
	return found;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
