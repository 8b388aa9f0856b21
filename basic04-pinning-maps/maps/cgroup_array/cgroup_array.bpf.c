// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Is the process that runs this in the cgroup of a map? */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} cgroups SEC(".maps");

SEC("raw_tp")
int is_inside(void *ctx)
{
	(void)ctx;
	return bpf_current_task_under_cgroup(&cgroups, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
