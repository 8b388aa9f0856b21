// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* At each sample: where is the process, and who called it there? Counts each stack. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define DEPTH 16 /* as in stack_trace.c */

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, DEPTH * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} samples SEC(".maps");

__u64 all, failed;

SEC("perf_event")
int sample(void *ctx)
{
	long id = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
	__u64 zero = 0, *count;
	__u32 key = id;

	all++;
	if (id < 0) {
		failed++;
		return 0;
	}
	bpf_map_update_elem(&samples, &key, &zero, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&samples, &key);
	if (count)
		++*count;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
