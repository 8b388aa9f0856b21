// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts what a cgroup sends, in values of the cgroup's own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, __u64);
} packets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, __u64);
} packets_here SEC(".maps");

SEC("cgroup_skb/egress")
int count(struct __sk_buff *skb)
{
	__u64 *all = bpf_get_local_storage(&packets, 0);
	__u64 *here = bpf_get_local_storage(&packets_here, 0);

	(void)skb;
	__sync_fetch_and_add(all, 1);
	++*here;
	return 1; /* send it */
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
