// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A profile: which functions call the one that is running, each time the clock ticks. */
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../run.h"
#include "maps/stack_trace/stack_trace.skel.h"

#define DEPTH 16 /* as in stack_trace.bpf.c */

/* Where work(), first() and second() return to: so the functions that are found there are known. */
static __u64 in_first, in_second, in_main[2];
#define NOTE_RETURN(where_) ((where_) = (unsigned long)__builtin_return_address(0))

__attribute__((noinline)) static void work(__u64 *caller, int tenths)
{
	clock_t end = clock() + tenths * CLOCKS_PER_SEC / 10;

	NOTE_RETURN(*caller);
	while (clock() < end)
		for (volatile int i = 0; i < 1000000; i++)
			;
}

__attribute__((noinline)) static void first(void)
{
	NOTE_RETURN(in_main[0]);
	work(&in_first, 2);
}

__attribute__((noinline)) static void second(void)
{
	NOTE_RETURN(in_main[1]);
	work(&in_second, 8);
}

/* The clock of this process: its time on a CPU, a tick each millisecond. */
static int open_clock(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		run_skip("this kernel has no perf events");
	return fd;
}

static void profile(struct stack_trace *skel, int ticks)
{
	struct bpf_link *link = bpf_program__attach_perf_event(skel->progs.sample, ticks);

	example_must("attach the program", link ? 0 : -errno);
	first();
	second();
	bpf_link__destroy(link);
}

/* How many samples have this function, called by main(), as the caller of the one that ran? */
static __u64 samples_of(struct stack_trace *skel, __u64 in_caller, __u64 in_caller_of_caller)
{
	int samples = bpf_map__fd(skel->maps.samples), stacks = bpf_map__fd(skel->maps.stacks);
	__u32 id, *before = NULL;
	__u64 count, sum = 0;

	for (; bpf_map_get_next_key(samples, before, &id) == 0; before = &id) {
		__u64 stack[DEPTH] = {};

		example_must("read a count", bpf_map_lookup_elem(samples, &id, &count));
		example_must("read a stack", bpf_map_lookup_elem(stacks, &id, stack));
		if (stack[1] == in_caller && stack[2] == in_caller_of_caller)
			sum += count;
	}
	return sum;
}

static const char *how_often(struct stack_trace *skel, __u64 samples)
{
	return 20 * samples > skel->bss->all ? "often" : "hardly or never";
}

static void show_stacks(struct stack_trace *skel)
{
	__u64 by_first = samples_of(skel, in_first, in_main[0]),
	      by_second = samples_of(skel, in_second, in_main[1]);

	printf("a process that works 200 ms for first() and 800 ms for second()\n");
	printf("  %-40s %s\n", "main > first > work", how_often(skel, by_first));
	printf("  %-40s %s\n", "main > second > work", how_often(skel, by_second));
	printf("  %-40s %s\n", "the second clearly more often",
	       by_second > by_first + skel->bss->all / 10 ? "yes" : "no");
	printf("  %-40s %s\n", "without a stack", how_often(skel, skel->bss->failed));
}

static void show_calls(int stacks)
{
	__u64 stack[DEPTH] = {};
	__u32 id = 0;

	printf("what user space may do with a stack\n");
	example_must("ask for a stack", bpf_map_get_next_key(stacks, NULL, &id));
	example_tell("update", bpf_map_update_elem(stacks, &id, stack, BPF_ANY));
	example_tell("lookup", bpf_map_lookup_elem(stacks, &id, stack));
	example_tell("delete", bpf_map_delete_elem(stacks, &id));
	example_tell("lookup", bpf_map_lookup_elem(stacks, &id, stack));
}

int main(void)
{
	int ticks = open_clock();
	struct stack_trace *skel = stack_trace__open_and_load();

	example_must("load the program", skel ? 0 : -errno);
	profile(skel, ticks);
	show_stacks(skel);
	show_calls(bpf_map__fd(skel->maps.stacks));
	stack_trace__destroy(skel);
	return 0;
}
