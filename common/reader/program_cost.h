/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the program on a device costs, by the kernel's run-time statistics (run_stats.h).
 *
 * The kernel measures the program on the device's hook as a whole, with everything that it calls:
 * programs that it tail-calls and, if it is libxdp's dispatcher, all programs behind it. It does
 * not measure those one by one.
 *
 * The totals continue if a different program takes its place. They miss a program that came and
 * went between two looks.
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
	int ifindex; /* of the device, as it was last found; 0 */
	int fd;	     /* the attached program, held; -1: none, or unknown */
	__u32 id;    /* its ID; 0 */
	char name[BPF_OBJ_NAME_LEN];
	struct program_runs now;     /* since it was loaded, while statistics were on */
	struct program_runs totals;  /* since the first look, through all programs */
	struct program_runs counted; /* between the last two reads */
	struct program_runs before;  /* what the first program had at the first look */

	struct program_runs base; /* the part of now that is not in totals */
	struct program_runs past; /* of programs that were replaced */
	__u32 highest_id;	  /* of all programs so far */
	bool due;		  /* another program may be there: look at the next read */
	bool failed;		  /* the last look */
	double looked_at;	  /* CLOCK_MONOTONIC, seconds */
};

/* Where to look for the program. */
struct program_place {
	const char *device;
	const char *netns; /* NULL: the one that the process is in */
	const char *pin;   /* the path of a map's pin in the device's directory */
	bool is_new; /* nothing was pinned there at first: all runs of the first program count */
};

#define PROGRAM_COST_NONE ((struct program_cost){ .fd = -1 })

/* Asks the kernel which program is attached, and opens it if it is not the one of before. Returns
 * 0, even if none is attached; or -errno without a message. -EPERM: the process may neither open it
 * by its ID, which needs CAP_SYS_ADMIN, nor read a pin of it; in the middle of a load there is
 * none.
 */
int program_cost_look(struct program_cost *cost, const struct program_place *place);

/* Reads the runs again. Looks again, as above, if that is due, or if packets were @counted but the
 * program has not run: it may have been replaced. If nothing runs, looks every
 * PROGRAM_COST_LOOK_SECONDS. Returns as above.
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
