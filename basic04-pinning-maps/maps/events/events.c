// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two ways from a program to user space: one ring for all CPUs, and a buffer for each CPU. */
#include "../run.h"
#include "maps/events/events.skel.h"

#define PACKETS 6
#define MANY 5000

static int cpus[2];

/* What the reader got. */
struct got {
	__u64 numbers[PACKETS];
	int events, lost;
};

static int on_ring_event(void *context, void *event, size_t size)
{
	struct got *got = context;

	if (size >= sizeof(got->numbers[0]) && got->events < PACKETS)
		memcpy(&got->numbers[got->events], event, sizeof(got->numbers[0]));
	got->events++;
	return 0;
}

static void on_perf_event(void *context, int cpu, void *event, __u32 size)
{
	(void)cpu;
	on_ring_event(context, event, size);
}

static void on_perf_lost(void *context, int cpu, __u64 events)
{
	struct got *got = context;

	(void)cpu;
	got->lost += (int)events;
}

static void numbers_print(const char *what, const __u64 numbers[PACKETS])
{
	printf("  %-40s", what);
	for (int i = 0; i < PACKETS; i++)
		printf(" %llu", numbers[i]);
	printf("\n");
}

static void number_print(const char *what, int number)
{
	printf("  %-40s %d\n", what, number);
}

/* Runs a program on a frame that begins with the number, so many times. */
static void run(const struct bpf_program *program, __u64 number, int times)
{
	__u64 frame[8] = { number };

	run_on_frame(program, frame, sizeof(frame), times);
}

static void run_on_two_cpus(const struct bpf_program *odd, const struct bpf_program *even)
{
	__u64 numbers[PACKETS];

	for (int i = 0; i < PACKETS; i++) {
		numbers[i] = i + 1;
		example_must("change the CPU", run_on_cpu(cpus[i % 2]));
		run(numbers[i] % 2 ? odd : even, numbers[i], 1);
	}
	numbers_print("packets, on two CPUs by turns", numbers);
}

static void show_ring(struct events *skeleton)
{
	struct got got = {};
	struct ring_buffer *reader = ring_buffer__new(bpf_map__fd(skeleton->maps.ring),
						      on_ring_event, &got, NULL);

	example_must("read the ring", reader ? 0 : -errno);
	printf("ring buffer, one for all CPUs\n");
	run_on_two_cpus(skeleton->progs.ring_reserve, skeleton->progs.ring_output);
	while (got.events < PACKETS &&
	       example_must("wait for events", ring_buffer__poll(reader, 1000)) > 0)
		;
	numbers_print("events, in the order read", got.numbers);

	printf("ring buffer of 64 KiB, %d packets while nobody reads\n", MANY);
	got.events = 0;
	run(skeleton->progs.ring_reserve, 0, MANY);
	number_print("events that found no room", (int)skeleton->bss->refused);
	example_must("read events", ring_buffer__consume(reader));
	number_print("events read afterwards", got.events);
	ring_buffer__free(reader);
}

static void show_perf(struct events *skeleton)
{
	const struct bpf_program *program = skeleton->progs.perf_output;
	struct got got = {};
	struct perf_buffer *reader = perf_buffer__new(bpf_map__fd(skeleton->maps.perf), 1,
						      on_perf_event, on_perf_lost, &got, NULL);

	if (!reader)
		run_skip("this kernel has no perf events");
	if (cpus[0] == cpus[1])
		run_skip("one CPU: a perf event array would keep the order too");
	printf("perf event array, a buffer for each CPU\n");
	run_on_two_cpus(program, program);
	example_must("read events", perf_buffer__consume(reader));
	numbers_print("events, in the order read", got.numbers);

	printf("perf event array of a page for each CPU, %d packets while nobody reads\n", MANY);
	got.events = 0;
	skeleton->bss->refused = 0;
	run(program, 0, MANY);
	example_must("read events", perf_buffer__consume(reader));
	number_print("events lost that the reader knows of", got.lost);
	run(program, 0, 1);
	example_must("read events", perf_buffer__consume(reader));
	number_print("after one more, lost and read together", got.lost + got.events);
	number_print("lost that the program does not know of",
		     got.lost - (int)skeleton->bss->refused);
	perf_buffer__free(reader);
}

int main(void)
{
	struct events *skeleton = events__open_and_load();

	example_must("load the programs", skeleton ? 0 : -errno);
	run_find_cpus(cpus);
	show_ring(skeleton);
	show_perf(skeleton);
	events__destroy(skeleton);
	return 0;
}
