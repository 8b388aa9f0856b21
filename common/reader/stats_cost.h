/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs on the devices of a set cost, for --cost. A cost that cannot be measured is
 * left out, with one warning for all of them.
 */
#ifndef STATS_COST_H
#define STATS_COST_H

#include "stats_set.h"

/* Begins to measure the devices of the set, and those that come to it later. Switches statistics
 * on, except for COST_ONCE. Call it before the process gives up rights.
 */
void stats_cost_begin(struct stats_set *set, enum stats_cost cost);

/* Call if somebody asks for counters: with COST_REQUESTS switches statistics on, for a while. */
void stats_cost_use(struct stats_set *set);

/* Switches them off if nobody has asked for long. Returns when to call this again, as clock_now();
 * 0: there is no need to.
 */
double stats_cost_end_unused(struct stats_set *set);

/* Call if a different program may be on the device. An error may be one of the middle of a load: if
 * the next look fails too, stats_cost_read() says why.
 */
void stats_cost_look(struct stats_set *set, struct stats_device *device);

/* Reads one device again. @counted: packets were counted since. */
void stats_cost_read(struct stats_set *set, struct stats_device *device, bool counted);

/* Whether the process still has the rights to measure what it measures now, even after a reload. */
bool stats_cost_may_continue(const struct stats_set *set);

#endif /* STATS_COST_H */
