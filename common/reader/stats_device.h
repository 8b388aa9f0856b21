/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One of the pins of a set: following it, and the directory that it is in.
 * Inside the reader: stats_set.h has what is called from outside.
 */
#ifndef STATS_DEVICE_H
#define STATS_DEVICE_H

#include <sys/inotify.h>

#include "stats_set.h"

/* Look at a pin this often, even without a notice. */
#define STATS_LOOK_AGAIN_SECONDS 10.0

/* Longest time that a change stays unseen if inotify cannot report it. */
#define STATS_UNWATCHED_SECONDS 1.0

/* What inotify reports of a directory. */
#define STATS_CHANGES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_ONLYDIR)

/* Frees the device. The set still counts it. */
void stats_device_close(struct stats_set *set, struct stats_device *device);

/* Call when all notices were taken. Warns if pins, or their directories, were gone before they
 * could be opened. If fewer notices came than pins were seen, a notice may still come.
 */
void stats_device_warn_missed(struct stats_device *device);

/* Warns that counts may be missing from the totals, and why. */
void stats_device_say_unnoticed(struct stats_device *device, const char *why);

/* Stops waiting for a notice after STATS_UNWATCHED_SECONDS. Warns if that notice was a pin's. */
void stats_device_check_noticed(struct stats_device *device, double now);

/* Returns @err if it must end the set, else 0. One device of several ends it only while it is still
 * waited for. A found device never ends it, nor does a shortage (EMFILE, ENFILE, ENOMEM), which may
 * pass.
 */
int stats_device_failure(const struct stats_set *set, const struct stats_device *device, int err);

/* Looks at the pin. Returns 0, or -errno if that must end the set. */
int stats_device_follow(struct stats_set *set, struct stats_device *device);

/* Looks at the pin, watches its directory, which may be another one now, and looks again: of a pin
 * that was there before the watch, no notice comes. Returns as stats_device_follow().
 */
int stats_device_enter(struct stats_set *set, struct stats_device *device);

/* Looks at the pin. If it is missing or has changed, watches its directory again and looks once
 * more: the old watch may be of a removed directory. Returns as stats_device_follow().
 */
int stats_device_look(struct stats_set *set, struct stats_device *device);

/* Adds the device whose pin is, or will be, at @path. Returns NULL if there is no memory. */
struct stats_device *stats_device_add(struct stats_set *set, const char *name, const char *netns,
				      const char *path);

/* Returns the device whose pin is, or will be, at @path; or NULL. */
struct stats_device *stats_device_at(const struct stats_set *set, const char *path);

/* Looks at the pin for the first time, and watches its directory. Returns 0 or -errno. */
int stats_device_open(struct stats_set *set, struct stats_device *device);

#endif /* STATS_DEVICE_H */
