/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Follows the counters that are pinned at one path, through reloads.
 *
 * Each map ID that appears under the path is a generation. The old map stays open and is read for
 * 0.1 s more, as the old program may still have a packet. The totals are the sum of what each
 * opened map has counted. A map that comes back is never counted twice: it goes on from its count
 * when it was closed. That count is forgotten when 256 other maps were closed after it: then what
 * the map has counted since its closing is left out, and a warning says so. Rates are never
 * negative. The caller decides when to check whether a different map is pinned at the path: see
 * stats_set.h.
 */
#ifndef STATS_WATCH_H
#define STATS_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "stats_map.h"

enum stats_event {
	STATS_SAME,    /* the same map as before */
	STATS_CHANGED, /* another map than before */
	STATS_GONE,    /* the pin has gone; the map is still held and read */
	STATS_BACK,    /* the pin of the same map has come back */
};

/* What one map has counted. */
struct stats_account {
	struct stats_map map;
	struct datarec totals[XDP_ACTION_MAX]; /* as the map had them last */
	struct datarec base[XDP_ACTION_MAX];   /* totals - base is what we have counted */
};

/* A closed map's last counters: somebody who still holds the map may pin it again. */
struct stats_closed {
	__u32 id;
	struct datarec totals[XDP_ACTION_MAX];
};

#define STATS_CLOSED_MAX 256 /* of the last maps; a power of two */

struct stats_watch {
	char *path;
	unsigned int generation; /* from 1; 0: nothing has been pinned there yet */
	struct timespec since;	 /* CLOCK_REALTIME: when the generation began */
	bool pinned;		 /* the current map's pin is still there */
	ino_t inode;		 /* of the pin, or 0 */
	struct timespec changed; /* st_ctim of the pin's file */
	struct timespec made;	 /* st_mtim of the pin's file: when it was made */
	unsigned int opened;	 /* new pins seen there since the caller set it to 0 */
	ino_t first_inode;	 /* of what was pinned when the watch began, or 0 */
	int err;		 /* why it cannot be used, printed already; 0: it can */
	enum stats_event event;	 /* the last one that has not been reported yet */

	struct stats_account current;
	struct stats_account old;	       /* of the generation before, as long as it is held */
	struct stats_closed *closed;	       /* an array; its size is a power of two */
	unsigned int closed_count;	       /* how many were ever closed */
	__u32 dropped_id;		       /* the highest map ID that is no longer in closed */
	struct datarec before[XDP_ACTION_MAX]; /* what the first map had when the watch began */
	struct datarec past[XDP_ACTION_MAX];   /* what closed accounts have counted */
	struct datarec totals[XDP_ACTION_MAX]; /* since the watch began */
	struct datarec counted[XDP_ACTION_MAX]; /* in the last period */
	double period;	    /* seconds between the last two polls; at first: since the open */
	double read_at;	    /* CLOCK_MONOTONIC, seconds */
	double old_since;   /* the same: when the old map was replaced */
	double followed_at; /* the same: when the path was last looked at */
	double gone_at;	    /* the same: when the pin went */
};

/* Starts watching @path; nothing is opened until stats_watch_follow(). If a map is pinned there by
 * now, its counts so far are left out of the totals, unless @is_new. 0, or -ENOMEM with a message.
 * Call stats_watch_close() in any case.
 */
int stats_watch_open(struct stats_watch *watch, const char *path, bool is_new);
void stats_watch_close(struct stats_watch *watch);

/* Checks whether a different map is pinned at the path. The next poll reports it. Costs one system
 * call if the pin has not changed. Returns 0, or an error of stats_map_open(), whose message is
 * printed once; a missing pin is not an error. A pin that could not be opened is tried again at
 * each call; one that is not a map of counters (-EMEDIUMTYPE), only after its file has changed.
 */
int stats_watch_follow(struct stats_watch *watch, struct stats_buffer *buffer);

/* Reads the counters of the current map, and of the old one while it is held. Fills totals, counted
 * and period; @buffer then has the current map's counters of each CPU. Returns the event since the
 * last poll, or -errno with a message.
 */
int stats_watch_poll(struct stats_watch *watch, struct stats_buffer *buffer);

#endif /* STATS_WATCH_H */
