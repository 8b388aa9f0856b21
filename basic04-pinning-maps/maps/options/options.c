// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two options of making a map: map_extra, which a Bloom filter has a use for, and numa_node. */
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

#define VALUES 1000
#define OTHERS 100000
#define FIRST_OTHER 1000000

static int make(enum bpf_map_type type, const struct bpf_map_create_opts *opts)
{
	bool filter = type == BPF_MAP_TYPE_BLOOM_FILTER;

	return bpf_map_create(type, "options", filter ? 0 : 4, 4, VALUES, opts);
}

/* Of the values from first on, how many may be in the filter? */
static int found(int filter, __u32 first, __u32 count)
{
	int sum = 0;

	for (__u32 value = first; value < first + count; value++)
		sum += bpf_map_lookup_elem(filter, NULL, &value) == 0;
	return sum;
}

/* A filter that has been given 0 to VALUES - 1. */
static void show_filter(const char *what, __u64 hashes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_extra = hashes);
	int filter = example_must("make a filter", make(BPF_MAP_TYPE_BLOOM_FILTER, &opts));
	int others;

	for (__u32 value = 0; value < VALUES; value++)
		example_must("push", bpf_map_update_elem(filter, NULL, &value, BPF_ANY));
	others = found(filter, FIRST_OTHER, OTHERS);
	printf("  %-40s its own: %d, others: %s\n", what, found(filter, 0, VALUES),
	       4 * others > OTHERS   ? "more than 1 in 4" :
	       100 * others > OTHERS ? "more than 1 in 100" :
				       "hardly any");
	close(filter);
}

static void show_extra(const char *what, enum bpf_map_type type, __u64 extra)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_extra = extra);

	example_tell(what, make(type, &opts));
}

static void show_node(const char *what, enum bpf_map_type type, __u32 flags, __u32 node)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags, .numa_node = node);

	example_tell(what, make(type, &opts));
}

int main(void)
{
	printf("which values may be in a Bloom filter of %d\n", VALUES);
	show_filter("map_extra 1", 1);
	show_filter("map_extra 5", 5);
	show_filter("map_extra 15", 15);
	show_filter("map_extra 0", 0);
	printf("other values of map_extra\n");
	show_extra("a Bloom filter, 16", BPF_MAP_TYPE_BLOOM_FILTER, 16);
	show_extra("a hash, 1", BPF_MAP_TYPE_HASH, 1);
	printf("numa_node\n");
	show_node("a hash, BPF_F_NUMA_NODE, 0", BPF_MAP_TYPE_HASH, BPF_F_NUMA_NODE, 0);
	show_node("a hash, BPF_F_NUMA_NODE, 1023", BPF_MAP_TYPE_HASH, BPF_F_NUMA_NODE, 1023);
	show_node("a hash, no flag, 1023", BPF_MAP_TYPE_HASH, 0, 1023);
	show_node("percpu_hash, BPF_F_NUMA_NODE, 0", BPF_MAP_TYPE_PERCPU_HASH, BPF_F_NUMA_NODE, 0);
	return 0;
}
