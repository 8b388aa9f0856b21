/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters as a table that changes in place, on a terminal. */
#ifndef LIVE_H
#define LIVE_H

#include "stats_set.h"

struct report_view;

/* 0 where this program was built with ncurses and stdin and stdout are a terminal that it knows;
 * -ENOTSUP or -ENOTTY, with a message.
 */
int live_check(void);

/* Shows the actions of @view of @set each @interval seconds, until q is pressed or @stop_fd becomes
 * readable; then prints the totals. The terminal is as before when it returns, and when the process
 * ends by a signal. 0 or -errno, with a message.
 */
int live_show(struct stats_set *set, const struct report_view *view, double interval, int stop_fd);

#endif /* LIVE_H */
