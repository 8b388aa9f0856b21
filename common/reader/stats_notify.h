/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Notices of changes, by inotify and netlink, and looks without a notice.
 * Inside the reader: stats_set.h has what is called from outside.
 */
#ifndef STATS_NOTIFY_H
#define STATS_NOTIFY_H

#include "stats_set.h"

/* Opens what notices come by; it is said if there is nothing. */
void stats_notify_open(struct stats_set *set);

/* @all: also where notices come from, and what was looked at just now. */
int stats_notify_look(struct stats_set *set, bool all);

/* Takes all notices of pins and directories that have come. 0 or -errno, with a message. */
int stats_notify_take(struct stats_set *set);

/* The same of devices. */
void stats_notify_take_links(struct stats_set *set);

#endif /* STATS_NOTIFY_H */
