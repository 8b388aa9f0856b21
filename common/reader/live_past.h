/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the live view keeps of its devices between rounds. */
#ifndef LIVE_PAST_H
#define LIVE_PAST_H

#include <stdbool.h>
#include <stddef.h>

#include "stats_set.h"
#include "xdp_stats_record.h"

#define LIVE_ROUNDS 120 /* in a sparkline, at most */

/* What one CPU has counted of one action, as of the last round. */
struct live_cpu {
	struct datarec counted;
	double pps; /* negative: not known yet */
};

struct live_past {
	char *path;	    /* of the device's pin */
	char *name;	    /* escaped, its network namespace and '/' before it */
	const char *device; /* what the name was made of */
	size_t rank;	    /* by name, from 0: live_pasts_rank() */
	float pps[XDP_ACTION_MAX][LIVE_ROUNDS];
	struct live_cpu *cpus; /* [action][cpu]; NULL: not kept */
	__u32 cpus_map;	       /* the ID of the map that they are of */
	double cpus_at;	       /* CLOCK_MONOTONIC, seconds: when they were read */
};

struct live_pasts {
	struct live_past **pasts;
	size_t count;
	bool is_ranked;
	unsigned int rounds;	/* that there were */
	double at[LIVE_ROUNDS]; /* CLOCK_MONOTONIC, seconds: when the last ones were */
};

/* The one of @device, made if it is missing; NULL: no memory. Devices seldom come and go: @guess is
 * where it was.
 */
struct live_past *live_past_find(struct live_pasts *all, size_t guess,
				 const struct stats_device *device);

/* Sets the ranks, if a device has come or has been named since. */
void live_pasts_rank(struct live_pasts *all);

/* Frees those that @set does not have any more; or all. */
void live_past_forget(struct live_pasts *all, const struct stats_set *set);
void live_past_close(struct live_pasts *all);

/* Keeps the rates of @watch as those of the round that is now. */
void live_past_keep_rates(const struct live_pasts *all, struct live_past *past,
			  const struct stats_watch *watch);

/* The rate of @action that was @back rounds ago, from 1; 0 before the first round. */
float live_past_rate(const struct live_pasts *all, const struct live_past *past, __u32 action,
		     int back);

/* How long the last @rounds took, or those there were, in seconds. */
double live_past_seconds(const struct live_pasts *all, int rounds);

/* Keeps what each CPU has counted, as @watch read it last; not if there is no memory. */
void live_past_keep_cpus(struct live_past *past, const struct stats_watch *watch,
			 const struct stats_buffer *buffer);

#endif /* LIVE_PAST_H */
