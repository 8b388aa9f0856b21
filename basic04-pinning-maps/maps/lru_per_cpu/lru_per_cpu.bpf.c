// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts for a key, on the CPU that runs this. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1024);
} counts SEC(".maps");

__u32 key;

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u64 *count = bpf_map_lookup_elem(&counts, &key), one = 1;

	(void)ctx;
	if (count)
		++*count;
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
