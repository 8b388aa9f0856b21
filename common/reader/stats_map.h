/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A pinned map of counters, read without the right to write: opened, checked, read as a whole. */
#ifndef STATS_MAP_H
#define STATS_MAP_H

#include <stdbool.h>

#include "xdp_stats_record.h"

struct stats_map {
	int fd; /* -1 */
	__u32 id;
};

/* Where a map is read to; one will do for any number of maps, one after the other. */
struct stats_buffer {
	int cpus;		/* possible ones, not those that are there */
	struct datarec *values; /* [action][cpu]: what was read last */
	bool no_batch;		/* the kernel cannot read all actions in one call (< 5.13) */
};

/* 0 or -errno, with a message. stats_buffer_close() in any case. */
int stats_buffer_open(struct stats_buffer *buffer);
void stats_buffer_close(struct stats_buffer *buffer);

/* Opens the pin at @path. 0, or -errno as map_pin_open(). stats_map_close() in any case. */
int stats_map_open(struct stats_map *map, const char *path);
void stats_map_close(struct stats_map *map);

/* Reads all counters into @buffer and adds up the CPUs' into @totals[XDP_ACTION_MAX]; one system
 * call. 0 or -errno, with a message; @totals is then untouched.
 */
int stats_map_read(const struct stats_map *map, struct stats_buffer *buffer,
		   struct datarec *totals);

#endif /* STATS_MAP_H */
