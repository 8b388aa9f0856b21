/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The counters of many devices, watched by one process.
 *
 * inotify reports at once if a pin appears, goes or is replaced, so that no generation (see
 * stats_watch.h) is missed between two rounds. If the process was stopped, one may be missed: then
 * a warning is printed. Each pin is also looked at every 10 s, or every second if inotify cannot
 * watch its directory. That look finds changes whose notice was lost, tries again what could not
 * be opened or watched, and finds folders that were removed and made again. If nothing changes, a
 * round costs one system call per device, to read its counters, and one to sleep.
 */
#ifndef STATS_SET_H
#define STATS_SET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "pin_mismatch.h"
#include "owner.h"
#include "program_cost.h"
#include "run_stats.h"
#include "stats_watch.h"

struct stats_device {
	/* NULL: only the pin's path was given, or --all has found the pin and not yet its owner. */
	char *device;
	char *netns; /* NULL: the one that the caller is in */
	struct stats_watch watch;
	struct pin_mismatch mismatch;
	struct program_cost cost; /* as it was read last, if stats_set.cost is on */
	int err;		  /* of the last look at the pin, printed already; 0: none */
	int read_err;		  /* likewise of the last reading of the counters */
	int dir; /* inotify's watch of the pin's directory, or of the nearest one that is there */
	int parent;   /* the watch of the folder above: reports that the directory comes or goes */
	bool has_dir; /* the pin's own directory is there, and watched if possible */
	/* New pins that inotify has reported, minus new pins that were seen. Above 0: a pin was
	 * missed; below 0: a notice is still to come. The same for the pin's directories.
	 */
	int unseen, unseen_dirs;
	double doubtful_at;	/* since when one is below 0 (CLOCK_MONOTONIC, seconds); 0: none */
	double refused_at;	/* the same: since when the caller may not read it; 0: it may */
	bool found;		/* by --all: it leaves the set when its pin goes */
	struct live_past *past; /* what the live view keeps of it; NULL: nothing */
};

/* A directory below which devices are found. */
struct stats_folder {
	char *path;
	char *netns; /* NULL: the base itself */
	int dir;     /* inotify's watch; -1: none */
	int err;     /* of the last reading, printed already; 0: none */
};

#define STATS_LEFT_OUT_MAX 64 /* warnings about other people's folders, at most */

/* Whether to measure what programs cost, and when the result is read: see stats_cost.h. */
enum stats_cost { COST_OFF, COST_ONCE, COST_ROUNDS, COST_REQUESTS };

struct stats_set {
	struct stats_device **devices;
	size_t count;
	void *by_path; /* the same devices in a tree of tsearch(3), by pin path */
	struct stats_folder *folders;
	size_t folder_count;
	struct stats_buffer buffer;
	int notify_fd, link_fd;	 /* inotify; changes of devices; -1: none */
	double looked_at;	 /* CLOCK_MONOTONIC, seconds: when stats_set_rescan() last ran */
	double folders_at;	 /* the same: when all folders were last looked at */
	bool unwatched;		 /* some pin or folder sends no notices */
	char only[NAME_MAX + 1]; /* the folder of the one network namespace to look in; "": all */
	bool said_no_notices;
	bool has_begun;	   /* the first search is done: a map found later counts from zero */
	struct owner here; /* the network namespace that the process is in */
	/* Paths of folders that are somebody else's, of which a warning was printed. */
	char *left_out[STATS_LEFT_OUT_MAX];
	size_t left_out_count;
	size_t descriptors_said; /* the limit on open files that was advised; 0: none */
	enum stats_cost cost;
	struct run_stats run_stats;
	bool said_no_cost; /* it was printed why some cost is unknown */
};

/* With @once the caller will not wait, so no notices are set up. Returns 0, or -errno with a
 * message. Call stats_set_close() even after an error.
 */
int stats_set_open(struct stats_set *set, bool once);
void stats_set_close(struct stats_set *set);

/* Adds the map that is, or will be, pinned at @path. The strings are copied; @device and @netns
 * may be NULL. A path is added once. Returns 0, also after an error that may pass (too many open
 * files); -ENOMEM; or an error of stats_map_open(). Call before the first wait.
 */
int stats_set_add(struct stats_set *set, const char *device, const char *netns, const char *path);

/* Adds every map of counters below @base, and those that appear later; with @netns only those in
 * that namespace's folder. Skips a directory without an owner link, or that others than root and
 * the caller may write to. 0 or -errno, with a message.
 */
int stats_set_add_all(struct stats_set *set, const char *base, const char *netns);

/* Sleeps until @deadline (as clock_now()), or until @wake_fd is readable. Follows what happens to
 * the pins meanwhile. Returns 0; 1 if @wake_fd is readable; or -errno, with a message.
 */
int stats_set_wait(struct stats_set *set, double deadline, int wake_fd);

/* Looks at the places that send no notices, and every 10 s at all of them.
 * stats_set_wait() calls it at its deadline, and every second while some place sends no notices.
 * Returns 0, or -errno with a message.
 */
int stats_set_rescan(struct stats_set *set);

/* Reads one device's counters, and prints how its pin has changed since the last call. If nothing
 * was counted, checks whether a different program is attached. Returns 0, or -errno with a
 * message. An error is kept in @device's read_err. It is returned if there is no other device, or
 * if the device never had a map; but not if --all has found the device, or if it may pass (too
 * many open files, no memory): then 0 is returned.
 */
int stats_set_poll(struct stats_set *set, struct stats_device *device);

/* Returns 0 if the counters of all devices, and the folders that are searched for devices, could be
 * read; else an error, which was printed already. A pin that is not a map of counters, or that the
 * caller may not read, is not an error.
 */
int stats_set_missing(const struct stats_set *set);

/* Returns true if the process may still open all these pins again after a reload, and read the
 * folders that are searched for devices.
 */
bool stats_set_may_reopen(const struct stats_set *set);

/* If the limit on open files kept pins from being opened, prints how many, and the limit that is
 * needed. Prints nothing if that was printed already.
 */
void stats_set_check_descriptors(struct stats_set *set);

/* Warns about each device whose attached program does not count in the pinned map. If there is one,
 * looks again 0.2 s later, as a reload may be under way.
 */
void stats_set_check_attached(struct stats_set *set);

#endif /* STATS_SET_H */
