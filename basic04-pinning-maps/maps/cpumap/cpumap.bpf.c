// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames are handed to another CPU through a CPU map: a program where they come in, and one in the
 * map, which runs on that CPU.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
	__uint(max_entries, 2);
} cpus SEC(".maps");

const volatile __u32 cpu;
__u64 redirected, dropped, there, elsewhere;

/* The last argument is what the helper returns where the map has nothing at the key. */
SEC("xdp")
int comes_in(struct xdp_md *ctx)
{
	long action = bpf_redirect_map(&cpus, cpu, XDP_DROP);

	(void)ctx;
	__sync_fetch_and_add(action == XDP_REDIRECT ? &redirected : &dropped, 1);
	return action;
}

SEC("xdp/cpumap")
int goes_on(struct xdp_md *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(bpf_get_smp_processor_id() == cpu ? &there : &elsewhere, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
