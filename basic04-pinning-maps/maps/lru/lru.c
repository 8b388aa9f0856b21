// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A hash that makes room: which elements an LRU map throws out, and which it keeps. */
#include "../run.h"
#include "maps/lru/lru.skel.h"

#define GROUP 16  /* keys of each kind; as in lru.bpf.c */
#define BATCH 128 /* elements that the kernel makes room for at once, at most */
#define MORE 4096 /* keys that come after those */

enum kind { BY_PROGRAM, BY_USER_SPACE, BY_NOBODY, KINDS };

static void write_key(int map, __u32 key)
{
	__u64 value = key;

	example_must("write an element", bpf_map_update_elem(map, &key, &value, BPF_ANY));
}

/* Looks up each key of a kind; returns how many are there. */
static int kind_found(int map, enum kind kind)
{
	int found = 0;
	__u64 value;

	for (__u32 key = kind * GROUP; key < (kind + 1) * GROUP; key++)
		found += bpf_map_lookup_elem(map, &key, &value) == 0;
	return found;
}

static int elements_left(int map)
{
	__u32 key, *before = NULL;
	int left = 0;

	for (; bpf_map_get_next_key(map, before, &key) == 0; before = &key)
		left++;
	return left;
}

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void show_common(struct lru *skeleton)
{
	int map = bpf_map__fd(skeleton->maps.recent),
	    room = bpf_map__max_entries(skeleton->maps.recent);
	int left;

	for (int key = 0; key < KINDS * GROUP; key++)
		write_key(map, key);
	for (int i = 0; i < MORE; i++) {
		run_program(skeleton->progs.look_up);
		kind_found(map, BY_USER_SPACE);
		write_key(map, KINDS * GROUP + i);
	}
	left = elements_left(map);
	printf("room for %d, written %d, and no write failed\n", room, KINDS * GROUP + MORE);
	printf("  %-40s %s\n", "no more are left than there is room for", yes_no(left <= room));
	printf("  %-40s %s\n", "at most 128 less", yes_no(left >= room - BATCH));
	printf("of %d that each of these looked up all the time, there are\n", GROUP);
	printf("  %-40s %d\n", "the program", kind_found(map, BY_PROGRAM));
	printf("  %-40s %d\n", "user space", kind_found(map, BY_USER_SPACE));
	printf("  %-40s %d\n", "nobody", kind_found(map, BY_NOBODY));
}

/* Each CPU has lists of its own, and an equal share of all elements. */
static void show_per_cpu(int room)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_COMMON_LRU);
	int map = bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "recent", 4, 8, room, &opts);
	int cpus = libbpf_num_possible_cpus();

	example_must("make a map of lists for each CPU", map);
	for (int key = 0; key < MORE; key++)
		write_key(map, key);
	printf("BPF_F_NO_COMMON_LRU, room for %d, one CPU has written %d\n", room, MORE);
	printf("  %-40s %s\n", "no more are left than one CPU's share",
	       yes_no(elements_left(map) <= (room + cpus - 1) / cpus));
}

int main(void)
{
	struct lru *skeleton = lru__open_and_load();

	example_must("load the program", skeleton ? 0 : -errno);
	/* What is free lies with a CPU: on another one there would be other elements left. */
	example_must("stay on a CPU", run_on_cpu(sched_getcpu()));
	show_common(skeleton);
	show_per_cpu(bpf_map__max_entries(skeleton->maps.recent));
	lru__destroy(skeleton);
	return 0;
}
