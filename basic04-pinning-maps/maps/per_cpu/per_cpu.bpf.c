// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} runs SEC(".maps");

SEC("xdp")
int count_run(struct xdp_md *ctx __attribute__((unused)))
{
	__u32 key = 0, *value = bpf_map_lookup_elem(&runs, &key);

	/* No atomic instruction: no other CPU writes here. */
	if (value)
		++*value;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
