/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The counters at one path, through reloads.
 *
 * Each map ID that appears under the path is a generation. The old map is held and read for a
 * while, as a packet may still be under way when the programs change. The totals add up what each
 * opened map has counted; a map that comes back is not counted twice. Rates are never negative. The
 * caller decides when to check whether a different map is pinned at the path: see stats_set.h.
 */
#ifndef STATS_WATCH_H
#define STATS_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "stats_map.h"

enum stats_event {
	STATS_SAME,    /* the map of before */
	STATS_CHANGED, /* another map than before */
	STATS_GONE,    /* the pin has gone; the map is still held and read */
	STATS_BACK,    /* the pin of the same map has come back */
};

/* What one map has counted. */
struct stats_account {
	struct stats_map map;
	struct datarec totals[XDP_ACTION_MAX]; /* as the map had them last */
	struct datarec base[XDP_ACTION_MAX];   /* those that are not of this watch's time */
};

/* What a map had when it was closed: somebody else may hold it, and pin it again. */
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
	struct timespec changed; /* the same: when its mode last changed */
	struct timespec made;	 /* the same: when the pin was made, by its file */
	unsigned int opened;	 /* pins, one after the other, since the caller has set it to 0 */
	ino_t first_inode;	 /* of what was pinned when the watch began, or 0 */
	int err;		 /* why it cannot be used, said already; 0 */
	enum stats_event event;	 /* the last one that has not been told yet */

	struct stats_account current;
	struct stats_account old;    /* of the generation before, as long as it is held */
	struct stats_closed *closed; /* a power of two of them */
	unsigned int closed_count;   /* of all there were */
	__u32 dropped_id;	     /* the highest of those that closed has no room for */
	struct datarec before[XDP_ACTION_MAX];	/* what the first map had when the watch began */
	struct datarec past[XDP_ACTION_MAX];	/* what closed accounts have counted */
	struct datarec totals[XDP_ACTION_MAX];	/* since the watch began */
	struct datarec counted[XDP_ACTION_MAX]; /* in the last period */
	double period;	    /* seconds between the last two polls; 0: none yet */
	double read_at;	    /* CLOCK_MONOTONIC, seconds */
	double old_since;   /* the same: when the old map was replaced */
	double followed_at; /* the same: when the path was last looked at */
	double gone_at;	    /* the same: when the pin went */
};

/* Watches @path; the first stats_watch_follow() is the first look. What a map that is pinned there
 * now has counted is not of the watch's time, unless @is_new. 0, or -ENOMEM with a message.
 * stats_watch_close() in any case.
 */
int stats_watch_open(struct stats_watch *watch, const char *path, bool is_new);
void stats_watch_close(struct stats_watch *watch);

/* Checks whether a different map is pinned at the path. The next poll reports it. One system call
 * if it is the same pin as before. 0 or as stats_map_open(), with a message if that is news; a
 * missing pin is not an error. What could not be opened is tried again.
 */
int stats_watch_follow(struct stats_watch *watch, struct stats_buffer *buffer);

/* Reads again, and fills totals, counted and period; @buffer then has the current map's counters of
 * each CPU. The event since the last poll, or -errno with a message.
 */
int stats_watch_poll(struct stats_watch *watch, struct stats_buffer *buffer);

struct stats_rate {
	double pps; /* packets a second */
	double bps; /* bits a second */
};

/* The rate of what was counted in @period seconds; of none, 0. */
struct stats_rate stats_watch_rate(const struct datarec *counted, double period);

#endif /* STATS_WATCH_H */
