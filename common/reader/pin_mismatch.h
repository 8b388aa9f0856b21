/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For readers: whether what is attached to a device counts in the map that is pinned for it. After
 * a loader was killed in the middle, or somebody has attached another program, it may not.
 */
#ifndef PIN_MISMATCH_H
#define PIN_MISMATCH_H

#include <stdbool.h>

#include <linux/types.h>

struct pin_mismatch {
	const char *device;
	const char *netns; /* NULL: the one that the process is in */
	int ifindex;	   /* of the device, as it was last found; 0 */
	__u32 map_id;	   /* the map that the rest is about */
	__u32 program_id;  /* attached, and does not use the map; 0: nothing is attached */
	double since; /* when that was first seen, CLOCK_MONOTONIC in seconds; 0: all is well */
	bool said;
	bool due;	  /* something has changed: look in the next round */
	bool was_counted; /* in the last round */
	double looked_at; /* as since */
};

/* Warns once if the attached program has not used map @map_id for PIN_MISMATCH_PERIOD. A reload
 * does not change both at the same moment, so a short mismatch is normal. Never warns without
 * CAP_SYS_ADMIN, which the kernel requires to report which maps a program uses. @now as in since.
 */
void pin_mismatch_check(struct pin_mismatch *check, __u32 map_id, double now);

/* The same, called each round: looks only if something may have changed. @counted: the map has
 * counted in this round, and so needs no look.
 */
void pin_mismatch_check_round(struct pin_mismatch *check, __u32 map_id, bool counted, double now);

/* How long a mismatch must last, in seconds. */
#define PIN_MISMATCH_PERIOD 0.2

#endif /* PIN_MISMATCH_H */
