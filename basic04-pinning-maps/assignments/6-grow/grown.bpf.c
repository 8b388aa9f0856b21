// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lesson's xdp_pass_func, grown by a map: it also counts frames by their length. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

#define STEP 256 /* bytes: element 0 is of frames that are shorter, the last one of all others */
#define STEPS 8

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STEPS);
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");

static __always_inline void count_length(__u32 length)
{
	__u32 step = length / STEP < STEPS ? length / STEP : STEPS - 1;
	__u64 *count = bpf_map_lookup_elem(&lengths, &step);

	if (count)
		++*count;
}

SEC("xdp")
int grown_func(struct xdp_md *ctx)
{
	count_length(ctx->data_end - ctx->data);
	return xdp_stats_count(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
