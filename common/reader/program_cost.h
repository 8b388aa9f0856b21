/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the program on a device costs, by the kernel's run-time statistics (run_stats.h).
 *
 * The kernel measures the program on the device's hook, and in its time all that it calls: programs
 * that it hands packets to by tail calls and, if it is libxdp's dispatcher, all programs behind it.
 * Of those alone it measures nothing.
 *
 * The totals continue if another program takes its place. What a program did between two looks, at
 * whose times others were there, is not in them.
 */
#ifndef PROGRAM_COST_H
#define PROGRAM_COST_H

#include <stdbool.h>

#include <linux/bpf.h>

struct program_runs {
	__u64 count;
	__u64 ns;
};

struct program_cost {
	int fd;	  /* the attached program, held; -1: none, or unknown */
	__u32 id; /* its ID; 0 */
	char name[BPF_OBJ_NAME_LEN];
	struct program_runs now;     /* since it was loaded, while statistics were on */
	struct program_runs totals;  /* since the first look, through all programs */
	struct program_runs counted; /* between the last two reads */
	struct program_runs before;  /* what the first program had at the first look */

	struct program_runs base; /* those of now that are not in totals */
	struct program_runs past; /* of programs that were replaced */
	__u32 highest_id;	  /* of all there were */
	double looked_at;	  /* CLOCK_MONOTONIC, seconds */
};

/* Where to look for the program: the device, in @netns or, if that is NULL, in the network
 * namespace of the process; and the path of a map's pin in the device's directory.
 */
struct program_place {
	const char *device;
	const char *netns;
	const char *pin;
};

#define PROGRAM_COST_NONE ((struct program_cost){ .fd = -1 })

/* Asks the kernel which program is attached, and opens it if it is another one than before. Returns
 * 0, also if none is attached; or -errno, without a message: -EPERM, it is not pinned where the
 * process may read it, and the process may not open it by its ID (CAP_SYS_ADMIN).
 */
int program_cost_look(struct program_cost *cost, const struct program_place *place);

/* Reads again. Also looks, if the program has not run since, though packets were @counted: another
 * one may run by now. If nothing runs, it looks every PROGRAM_COST_LOOK_SECONDS. Returns as above.
 */
int program_cost_read(struct program_cost *cost, const struct program_place *place, bool counted);

#define PROGRAM_COST_LOOK_SECONDS 10.0

/* Whether a look can succeed with the rights that the process has now. */
bool program_cost_may_look(const struct program_place *place);

void program_cost_close(struct program_cost *cost);

/* Nanoseconds a run; and how much of one CPU the runs took in @period seconds, from 0 to 1. -1 if
 * there was no run, or no period.
 */
double program_runs_ns(const struct program_runs *runs);
double program_runs_cpu(const struct program_runs *runs, double period);

/* The runs in the last @period; if that is 0, since the program was loaded. */
const struct program_runs *program_cost_recent(const struct program_cost *cost, double period);

#endif /* PROGRAM_COST_H */
