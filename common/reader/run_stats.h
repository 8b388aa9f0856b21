/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's run-time statistics of BPF programs: how often each ran, and for how long. They make
 * each run a little slower, so they are off by default. The kernel keeps them on while any process
 * holds a descriptor for them, or the sysctl kernel.bpf_stats_enabled is 1. If this process ends,
 * for whatever reason, its descriptor is closed, and others keep theirs.
 */
#ifndef RUN_STATS_H
#define RUN_STATS_H

#include <stdbool.h>

struct run_stats {
	int fd;		/* keeps them on; -1 */
	double used_at; /* CLOCK_MONOTONIC, seconds: when they were last wanted */
};

/* After this long without a user they are switched off: as long as Prometheus keeps a series. */
#define RUN_STATS_UNUSED_SECONDS 300.0

/* Switches them on. Returns 0, also if the sysctl has done that; or -errno without a message:
 * -EPERM without CAP_SYS_ADMIN, -EINVAL before Linux 5.8.
 */
int run_stats_use(struct run_stats *stats);

/* Ends the use if run_stats_use() was not called for RUN_STATS_UNUSED_SECONDS. Returns when to call
 * this again, as clock_now(); 0 if the use has ended.
 */
double run_stats_end_unused(struct run_stats *stats);

void run_stats_end(struct run_stats *stats);

/* Whether run_stats_use() can succeed with the rights that the process has now. */
bool run_stats_may_use(void);

#endif /* RUN_STATS_H */
