/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One of the pins of a set: following it, and the directory that it is in.
 * Inside the reader: stats_set.h has what is called from outside.
 */
#ifndef STATS_DEVICE_H
#define STATS_DEVICE_H

#include <sys/inotify.h>

#include "stats_set.h"

/* How often a pin is looked at of which no change is told. */
#define STATS_LOOK_AGAIN_SECONDS 10.0

/* How long a change may go unseen where none can be told. */
#define STATS_BLIND_SECONDS 1.0

/* What a directory is watched for, by inotify. */
#define STATS_CHANGES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_ONLYDIR)

/* Frees what it has; the set still counts it. */
void stats_device_close(struct stats_device *device);

/* All notices that there are were taken: did pins, or directories with pins in them, go again
 * before they could be opened? Fewer notices than pins that were seen: one may still come.
 */
void stats_device_say_missed(struct stats_device *device);

/* Says that maps may be missing from the totals, and why. */
void stats_device_say_unnoticed(struct stats_device *device, const char *why);

/* A notice that has not come for so long does not come. */
void stats_device_check_noticed(struct stats_device *device, double now);

/* The nearest directory above the pin that is there is watched: what is missing will come there. A
 * directory that comes between the two tries is found by going round again. So is the one above the
 * pin's directory: a removed directory says nothing while somebody holds it open.
 */
void stats_device_watch_directory(struct stats_set *set, struct stats_device *device);

/* One of many does not end the others, unless it is still waited for; and what others use up now
 * they may give back.
 */
int stats_device_failure(const struct stats_set *set, const struct stats_device *device, int err);

/* Looks at the pin. 0, or -errno if that is to end the set. */
int stats_device_follow(struct stats_set *set, struct stats_device *device);

/* What no notice told of may be in a directory that none comes from. */
int stats_device_look(struct stats_set *set, struct stats_device *device);

/* An empty one more; NULL: no memory. */
struct stats_device *stats_device_add(struct stats_set *set, const char *name, const char *netns);

/* The one of which the pin is, or will be, at @path; or NULL. */
struct stats_device *stats_device_at(const struct stats_set *set, const char *path);

/* Begins to watch @path. 0 or -errno. */
int stats_device_open(struct stats_set *set, struct stats_device *device, const char *path);

#endif /* STATS_DEVICE_H */
