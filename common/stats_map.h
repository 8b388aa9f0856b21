/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A pinned map of counters, read without the right to write: opened, checked, read as a whole. */
#ifndef STATS_MAP_H
#define STATS_MAP_H

#include <stdbool.h>

#include "xdp_stats_record.h"

struct stats_map {
	int fd; /* -1 */
	__u32 id;
	int cpus;		/* possible ones, not those that are there */
	struct datarec *values; /* [action][cpu]: what was read last */
	bool no_batch;		/* the kernel cannot read all actions in one call (< 5.13) */
};

/* The name of @action in the kernel's spelling: XDP_PASS, ... */
const char *stats_map_action_name(__u32 action);

/* Opens the pin at @path. 0; -ENOENT without a message where there is none; -EMEDIUMTYPE where it
 * is no map of counters, with a message a difference; or another -errno with a message.
 * stats_map_close() in any case.
 */
int stats_map_open(struct stats_map *map, const char *path);
void stats_map_close(struct stats_map *map);

/* The ID of the map that is pinned at @path now; -ENOENT, or another -errno, without a message. */
int stats_map_pinned_id(const char *path, __u32 *id);

/* Reads all counters and adds up the CPUs' into @totals[XDP_ACTION_MAX]. 0 or -errno, with a
 * message; @totals is then untouched.
 */
int stats_map_read(struct stats_map *map, struct datarec *totals);

#endif /* STATS_MAP_H */
