/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the live view keeps of its devices between rounds. */
#ifndef LIVE_PAST_H
#define LIVE_PAST_H

#include <stddef.h>

#include "stats_set.h"
#include "xdp_stats_record.h"

#define LIVE_ROUNDS 60 /* in a sparkline */

struct live_past {
	char *path; /* of the device's pin */
	float pps[XDP_ACTION_MAX][LIVE_ROUNDS];
	struct datarec *cpus; /* [action][cpu], as of the last round; NULL: not kept */
};

struct live_pasts {
	struct live_past **pasts;
	size_t count;
};

/* The one of the pin at @path, made if it is missing; NULL: no memory. Devices seldom come and go:
 * @guess is where it was.
 */
struct live_past *live_past_find(struct live_pasts *all, size_t guess, const char *path);

/* Frees those that @set does not have any more; or all. */
void live_past_forget(struct live_pasts *all, const struct stats_set *set);
void live_past_close(struct live_pasts *all);

/* Keeps what each CPU has counted, as it was read last; not if there is no memory. */
void live_past_keep_cpus(struct live_past *past, const struct stats_buffer *buffer);

#endif /* LIVE_PAST_H */
