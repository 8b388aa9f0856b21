/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the live view keeps between rounds. */
#ifndef LIVE_PAST_H
#define LIVE_PAST_H

#include "stats_set.h"
#include "xdp_stats_record.h"

#define LIVE_ROUNDS 120 /* in a sparkline, at most */

/* What one CPU has counted of one action, as of the last round. */
struct live_cpu {
	struct datarec counted;
	double pps; /* negative: not known yet */
};

/* Of one device. It belongs to the device, which frees it. */
struct live_past {
	char *name;	    /* escaped, its network namespace and '/' before it */
	const char *device; /* what the name was made of */
	float pps[XDP_ACTION_MAX][LIVE_ROUNDS];
	struct live_cpu *cpus; /* [action][cpu]; NULL: not kept */
	__u32 cpus_map;	       /* the ID of the map that they are of */
	double cpus_at;	       /* CLOCK_MONOTONIC, seconds: when they were read */
};

/* When the rounds were. */
struct live_rounds {
	unsigned int count;
	double at[LIVE_ROUNDS]; /* CLOCK_MONOTONIC, seconds: the last ones */
};

/* Returns device->past, which it makes if it is missing; NULL if there is no memory. */
struct live_past *live_past_of(struct stats_device *device);
void live_past_free(struct live_past *past);

/* Keeps the rates of @watch as those of the round that is now. */
void live_past_keep_rates(struct live_past *past, const struct live_rounds *rounds,
			  const struct stats_watch *watch);

/* The rate of @action that was @back rounds ago, from 1; 0 before the first round. */
float live_past_rate(const struct live_past *past, const struct live_rounds *rounds, __u32 action,
		     int back);

/* How long the last @count rounds took, or those there were, in seconds. */
double live_rounds_seconds(const struct live_rounds *rounds, unsigned int count);

/* Keeps what each CPU has counted, as @watch read it last. Keeps nothing if there is no memory. */
void live_past_keep_cpus(struct live_past *past, const struct stats_watch *watch,
			 const struct stats_buffer *buffer);

#endif /* LIVE_PAST_H */
