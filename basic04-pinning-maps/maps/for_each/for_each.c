// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A BPF program goes through a hash itself. */
#include "../run.h"
#include "maps/for_each/for_each.skel.h"

static struct for_each *load(void)
{
	struct for_each *skel = for_each__open_and_load();

	example_must("load the programs", skel ? 0 : -errno);
	return skel;
}

static void put_numbers(struct bpf_map *map, __u32 last)
{
	__u64 value;
	__u32 key;

	for (key = 1; key <= last; key++) {
		value = key;
		example_must("write an element",
			     bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_NOEXIST));
	}
}

static void show(const char *what, struct for_each *skel, struct bpf_program *program)
{
	run_program(program);
	if (skel->bss->visits < 0)
		example_tell(what, skel->bss->visits);
	else
		printf("  %-40s %d visits\n", what, skel->bss->visits);
}

static void show_sum(struct for_each *skel)
{
	show("add up the values", skel, skel->progs.walk_adds);
	printf("  %-40s %llu\n", "their sum", skel->bss->sum);
}

int main(void)
{
	struct for_each *skel = load();

	put_numbers(skel->maps.numbers, 1000);
	printf("a program walks through a hash of 1 to 1000\n");
	show_sum(skel);
	show("stop at the 10th", skel, skel->progs.walk_stops);
	show("update each element", skel, skel->progs.walk_updates);
	show("delete the odd ones", skel, skel->progs.walk_deletes);
	show_sum(skel);
	show("flags 1", skel, skel->progs.walk_with_flags);
	for_each__destroy(skel);
	return 0;
}
