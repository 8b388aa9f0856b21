// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "run_stats.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "clock.h"

#define SYSCTL "/proc/sys/kernel/bpf_stats_enabled"

/* Reads what an administrator has set. It does not tell whether descriptors keep them on. */
static bool always_on(void)
{
	FILE *file = fopen(SYSCTL, "re");
	int value = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return value == '1';
}

int run_stats_use(struct run_stats *stats)
{
	int fd;

	stats->used_at = clock_now();
	if (stats->fd >= 0)
		return 0;
	fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (fd < 0)
		return always_on() ? 0 : fd;
	stats->fd = fd;
	return 0;
}

double run_stats_end_unused(struct run_stats *stats)
{
	double end = stats->used_at + RUN_STATS_UNUSED_SECONDS;

	if (stats->fd >= 0 && clock_now() >= end)
		run_stats_end(stats);
	return stats->fd >= 0 ? end : 0;
}

void run_stats_end(struct run_stats *stats)
{
	if (stats->fd >= 0)
		close(stats->fd);
	stats->fd = -1;
}

bool run_stats_may_use(void)
{
	struct run_stats stats = { .fd = -1 };
	bool may = !run_stats_use(&stats);

	run_stats_end(&stats);
	return may;
}
