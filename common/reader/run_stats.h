/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's run-time statistics of BPF programs: how often each ran, and for how long. They are
 * off unless somebody wants them, as they cost time in each run. The kernel keeps them on as long
 * as one process has a descriptor that asks for them, or the sysctl kernel.bpf_stats_enabled is 1.
 * So who ends, for whatever reason, gives them up, and nobody else's use is disturbed.
 */
#ifndef RUN_STATS_H
#define RUN_STATS_H

#include <stdbool.h>

struct run_stats {
	int fd;		/* keeps them on; -1 */
	double used_at; /* CLOCK_MONOTONIC, seconds: when they were last wanted */
};

/* Without a user for this long they are switched off: Prometheus forgets a series after the same
 * time.
 */
#define RUN_STATS_UNUSED_SECONDS 300.0

/* Keeps them on from now on. 0, also if the sysctl does so already; or -errno, without a message:
 * -EPERM without CAP_SYS_ADMIN, -EINVAL before Linux 5.8.
 */
int run_stats_use(struct run_stats *stats);

/* Gives them up if run_stats_use() was not called for RUN_STATS_UNUSED_SECONDS. Returns when to
 * look again, or 0 if they are given up.
 */
double run_stats_end_unused(struct run_stats *stats);

void run_stats_end(struct run_stats *stats);

/* Whether run_stats_use() can succeed with the rights that the process has now. */
bool run_stats_may_use(void);

#endif /* RUN_STATS_H */
