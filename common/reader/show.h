/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters on stdout, once or round by round, in some format. */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>

#include "report.h"
#include "stats_set.h"

struct show {
	const struct report *report;
	struct report_view view;
	double interval;    /* seconds between two rounds */
	unsigned int count; /* of rounds; 0: until stopped */
};

/* Shows @set until the rounds are done or @stop_fd is readable, then with the totals. 0 or -errno,
 * with a message; -EPIPE, without one, if the reader has gone. Once: also if counters are missing,
 * as stats_set_missing().
 */
int show_counters(struct stats_set *set, const struct show *show, int stop_fd);

/* Reads all of @set once more, and shows the totals. 0 or -errno, as above. */
int show_totals(struct stats_set *set, const struct show *show);

#endif /* SHOW_H */
