/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs a program by a system call, on a frame that came over no wire: no device is needed. */
#ifndef RUN_H
#define RUN_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>

#include "example.h"

#define RUN_SKIPPED 77

/* Runs it so many times on a frame; returns what it returned, the last time. */
static inline int run_on_frame(const struct bpf_program *program, const void *frame, size_t size,
			       int times)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = size,
		    .repeat = times);

	example_must("run a program", bpf_prog_test_run_opts(bpf_program__fd(program), &opts));
	return (int)opts.retval;
}

/* Runs it once, on a frame of zeros; returns what it returned. */
static inline int run_program(const struct bpf_program *program)
{
	static const char frame[64];

	return run_on_frame(program, frame, sizeof(frame), 1);
}

/* Moves this thread to a CPU. Returns 0, or the negative error where it may not go there. */
static inline int run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* The first and the last CPU that this thread may run on: one and the same where there is only one.
 */
static inline void run_find_cpus(int cpus[2])
{
	cpu_set_t set;

	example_must("ask for CPUs", sched_getaffinity(0, sizeof(set), &set) ? -errno : 0);
	for (cpus[0] = 0; !CPU_ISSET(cpus[0], &set);)
		cpus[0]++;
	for (cpus[1] = CPU_SETSIZE - 1; !CPU_ISSET(cpus[1], &set);)
		cpus[1]--;
}

/* Ends the example for what the machine or the kernel does not have: the tests then skip it. */
static inline void run_skip(const char *why)
{
	printf("%s\n", why);
	exit(RUN_SKIPPED);
}

#endif /* RUN_H */
