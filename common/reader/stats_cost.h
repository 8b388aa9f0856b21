/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs on the devices of a set cost, for --cost. What cannot be measured is left out,
 * and said once.
 */
#ifndef STATS_COST_H
#define STATS_COST_H

#include "stats_set.h"

/* Begins to measure the devices of the set, and those that come to it later. Except for COST_ONCE,
 * statistics are switched on. Call before rights are given up.
 */
void stats_cost_begin(struct stats_set *set, enum stats_cost cost);

/* With COST_REQUESTS: somebody looks, so statistics are on from now on, for a while. */
void stats_cost_use(struct stats_set *set);

/* Switches them off if nobody has looked for long. Returns when to call this again; 0: there is no
 * need to.
 */
double stats_cost_end_unused(struct stats_set *set);

/* Call if another program may be on the device. */
void stats_cost_look(struct stats_set *set, struct stats_device *device);

/* Reads one device again. @counted: packets were counted since. */
void stats_cost_read(struct stats_set *set, struct stats_device *device, bool counted);

/* Whether what is measured now can be measured with the rights that the process has now, also
 * after a reload.
 */
bool stats_cost_may_continue(const struct stats_set *set);

#endif /* STATS_COST_H */
