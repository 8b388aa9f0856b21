/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Notices of changes, by inotify and netlink, and looks without a notice.
 * Inside the reader: stats_set.h has what is called from outside.
 */
#ifndef STATS_NOTIFY_H
#define STATS_NOTIFY_H

#include "stats_set.h"

/* Opens inotify and a netlink socket. Prints a warning if neither works. */
void stats_notify_open(struct stats_set *set);

/* Looks at each pin and directory again that sends no notices, or that was not looked at for long;
 * with @all at every one.
 */
int stats_notify_look(struct stats_set *set, bool all);

/* Handles all waiting notices of pins and directories. Returns 0, or -errno with a message. */
int stats_notify_take(struct stats_set *set);

/* The same of devices. */
void stats_notify_take_links(struct stats_set *set);

#endif /* STATS_NOTIFY_H */
