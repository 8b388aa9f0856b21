// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The three things that a program can do with a queue or a stack: each returns what the helper did.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED __attribute__((unused))

/* The example makes a stack of it too. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, __u32);
	__uint(max_entries, 3);
} numbers SEC(".maps");

__u32 number;

SEC("xdp")
int push(struct xdp_md *ctx UNUSED)
{
	return bpf_map_push_elem(&numbers, &number, BPF_ANY);
}

SEC("xdp")
int peek(struct xdp_md *ctx UNUSED)
{
	return bpf_map_peek_elem(&numbers, &number);
}

SEC("xdp")
int pop(struct xdp_md *ctx UNUSED)
{
	return bpf_map_pop_elem(&numbers, &number);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
