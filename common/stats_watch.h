/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Follows the counters at one path through reloads.
 *
 * Each map ID that appears under the path is a generation. The map's ID is the truth; that the
 * path stands for another map now is told by inotify, as it happens, so that no generation is
 * missed between two rounds. The old map is held and read on for a while, as a packet may still
 * be under way when the programs change. Totals since the start lose nothing, and rates are never
 * negative.
 */
#ifndef STATS_WATCH_H
#define STATS_WATCH_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
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

struct stats_watch {
	const char *path;
	unsigned int generation; /* from 1 */
	bool pinned;		 /* the current map's pin is still there */
	enum stats_event event;	 /* the last one that has not been told yet */

	struct stats_account current;
	struct stats_account old;	       /* of the generation before, as long as it is held */
	struct datarec past[XDP_ACTION_MAX];   /* what closed accounts have counted */
	struct datarec totals[XDP_ACTION_MAX]; /* since the watch began */
	struct datarec rates[XDP_ACTION_MAX];  /* counted in the last period */
	double period;			       /* seconds between the last two polls; 0: none yet */
	double read_at;			       /* CLOCK_MONOTONIC, seconds */
	double old_since;		       /* the same: when the old map was replaced */

	int notify_fd; /* inotify; -1 */
	bool notified; /* of changes in the path's directory */
};

/* Opens what is pinned at @path, which must stay valid, and reads it for the first time. 0 or as
 * stats_map_open(). stats_watch_close() in any case.
 */
int stats_watch_open(struct stats_watch *watch, const char *path);
void stats_watch_close(struct stats_watch *watch);

/* Sleeps until @deadline (CLOCK_MONOTONIC) or a signal that @signals lets through, and follows
 * what happens to the path meanwhile. 0 or -errno, with a message.
 */
int stats_watch_wait(struct stats_watch *watch, const struct timespec *deadline,
		     const sigset_t *signals);

/* Reads again, and fills totals, rates and period. The event since the last poll, or -errno with a
 * message.
 */
int stats_watch_poll(struct stats_watch *watch);

#endif /* STATS_WATCH_H */
