/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters as a table that changes in place, on a terminal. */
#ifndef LIVE_H
#define LIVE_H

#include "stats_set.h"

struct report_view;

/* Returns 0 if this program was built with ncurses, and stdin and stdout are a terminal that it
 * knows; or -errno, with a message.
 */
int live_check(void);

/* Shows the actions of @view of @set every @interval seconds, until q is pressed or @stop_fd is
 * readable. Then gives the terminal back, and prints the totals. Returns 0, or -errno with a
 * message. Call live_check() first.
 */
int live_show(struct stats_set *set, const struct report_view *view, double interval, int stop_fd);

#endif /* LIVE_H */
