// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An XDP program that user space controls by a map: it reads two values for each packet, writes
 * them to the trace pipe if it is to trace that packet, and passes the packet. Compiled twice, as
 * xdp_prog_kern.c.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "maps_control.h"
#include "xdp_stats_count.h"

#ifdef XDP_STATS_FRAGS
#define XDP_SECTION "xdp.frags"
#else
#define XDP_SECTION "xdp"
#endif

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAPS_ELEMENTS);
	__type(key, __u32);
	__type(value, struct maps_value);
} MAPS_CONTROL_MAP SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} MAPS_UNEQUAL_MAP SEC(".maps");

static __always_inline void read_values(struct maps_value *from, __u32 *value1, __u32 *value2)
{
#ifdef MAPS_UNLOCKED
	/* What goes wrong without the lock: the longer it takes, the sooner. */
	*value1 = *(volatile __u32 *)&from->value1;
	bpf_ktime_get_ns();
	*value2 = *(volatile __u32 *)&from->value2;
#else
	bpf_spin_lock(&from->lock);
	*value1 = from->value1;
	*value2 = from->value2;
	bpf_spin_unlock(&from->lock);
#endif
}

/* Whether to trace this packet: each one, or one of the next few, which are counted down. The lock
 * is only taken if there is something to count down: most packets find nothing.
 */
static __always_inline int take_trace(struct maps_value *trace)
{
	int taken = 0;

	if (trace->value1)
		return 1;
	if (!trace->value2)
		return 0;
	bpf_spin_lock(&trace->lock);
	if (trace->value2) {
		trace->value2--;
		taken = 1;
	}
	bpf_spin_unlock(&trace->lock);
	return taken;
}

static __always_inline void count_unequal(void)
{
	__u64 *count = bpf_map_lookup_elem(&MAPS_UNEQUAL_MAP, &(__u32){ 0 });

	if (count)
		++*count;
}

SEC(XDP_SECTION)
int xdp_maps_func(struct xdp_md *ctx)
{
	struct maps_value *data = bpf_map_lookup_elem(&MAPS_CONTROL_MAP, &(__u32){ MAPS_VALUES });
	struct maps_value *trace = bpf_map_lookup_elem(&MAPS_CONTROL_MAP, &(__u32){ MAPS_TRACE });
	__u32 value1, value2;
	int traced;

	if (!data || !trace)
		return xdp_stats_count(ctx, XDP_ABORTED);

	traced = take_trace(trace); /* before the values are read: see MAPS_TRACE_BUDGET */
	read_values(data, &value1, &value2);
	if (value1 != value2)
		count_unequal();
	if (traced)
		bpf_printk("MAPS_SIMPLE: data->value1:%u data->value2:%u", value1, value2);
	return xdp_stats_count(ctx, XDP_PASS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
