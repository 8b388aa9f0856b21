// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A hash that makes room, with a value for each CPU: they come and go together. */
#include "../run.h"
#include "maps/lru_per_cpu/lru_per_cpu.skel.h"

#define KEY 1000000
#define MORE 4096 /* other keys; there is room for 1024 */

static struct lru_per_cpu *skel;
static int cpus;

static void count_on(int cpu, __u32 key, int times)
{
	skel->bss->key = key;
	example_must("go to a CPU", run_on_cpu(cpu));
	while (times--)
		run_program(skel->progs.count);
}

/* The values of the first two CPUs, and the sum of all. */
static void show(const char *when)
{
	__u64 counts[cpus], sum = 0;
	__u32 key = KEY;
	int ret = bpf_map_lookup_elem(bpf_map__fd(skel->maps.counts), &key, counts);

	if (ret) {
		example_tell(when, ret);
		return;
	}
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += counts[cpu];
	printf("  %-40s %llu and %llu, sum %llu\n", when, counts[0], counts[1], sum);
}

/* User space writes the values of all CPUs at once. */
static void write_key(__u32 key, __u64 count)
{
	__u64 counts[cpus];

	for (int cpu = 0; cpu < cpus; cpu++)
		counts[cpu] = count;
	example_must("write an element",
		     bpf_map_update_elem(bpf_map__fd(skel->maps.counts), &key, counts, BPF_ANY));
}

static void need_two_cpus(void)
{
	cpus = example_must("count the CPUs", libbpf_num_possible_cpus());
	if (cpus > 1 && run_on_cpu(1) == 0 && run_on_cpu(0) == 0)
		return;
	run_skip("this needs CPUs 0 and 1");
}

int main(void)
{
	need_two_cpus();
	skel = lru_per_cpu__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	printf("a key, counted by a program on CPU 0 and on CPU 1\n");
	count_on(0, KEY, 3);
	show("3 times on CPU 0");
	count_on(1, KEY, 2);
	show("2 times on CPU 1");
	printf("%d other keys are counted twice each, room for 1024\n", MORE);
	for (int i = 0; i < MORE; i++)
		count_on(0, i, 2);
	show("the key");
	count_on(1, KEY, 1);
	show("once on CPU 1");
	write_key(KEY, 5);
	show("user space writes 5");
	lru_per_cpu__destroy(skel);
	return 0;
}
