/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all objects here begin with. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "xdp_stats_count.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The end of a program that the tests send frames to. */
#define COUNT xdp_stats_count(ctx, XDP_DROP)

/* A map of __u64 by __u32. */
#define MAP(name_, type_, entries_, flags_)    \
	struct {                               \
		__uint(type, type_);           \
		__uint(max_entries, entries_); \
		__uint(map_flags, flags_);     \
		__type(key, __u32);            \
		__type(value, __u64);          \
	} name_ SEC(".maps")

/* Four values of that size, by __u32. */
#define SMALL_MAP(name_, type_, value_size_)     \
	struct {                                 \
		__uint(type, type_);             \
		__uint(max_entries, 4);          \
		__uint(key_size, 4);             \
		__uint(value_size, value_size_); \
	} name_ SEC(".maps")

/* A prog array with room for @entries_, and the programs that are in it from the start. */
#define PROG_ARRAY(name_, entries_, ...)               \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, entries_);         \
		__uint(key_size, 4);                   \
		__array(values, int(void *));          \
	} name_ SEC(".maps") = { .values = { __VA_ARGS__ } }

static __always_inline void add(void *map)
{
	__u32 key = 0;
	__u64 one = 1, *count = bpf_map_lookup_elem(map, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(map, &key, &one, BPF_ANY);
}
