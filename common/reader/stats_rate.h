/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets and bits a second, of what was counted between two rounds. */
#ifndef STATS_RATE_H
#define STATS_RATE_H

#include "xdp_stats_record.h"

struct stats_rate {
	double pps; /* packets a second */
	double bps; /* bits a second */
};

/* The rate of what was counted in @period seconds; 0 if @period is not above 0. */
struct stats_rate stats_rate(const struct datarec *counted, double period);

#endif /* STATS_RATE_H */
