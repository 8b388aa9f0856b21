/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs a program by a system call, on a frame that came over no wire: no device is needed. */
#ifndef RUN_H
#define RUN_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>

#include "example.h"

/* Runs it once; returns what it returned. */
static inline int run_program(const struct bpf_program *program)
{
	char frame[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame));

	example_must("run a program", bpf_prog_test_run_opts(bpf_program__fd(program), &opts));
	return (int)opts.retval;
}

/* Moves this thread to a CPU. Returns 0, or the negative error where it may not go there. */
static inline int run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

#endif /* RUN_H */
