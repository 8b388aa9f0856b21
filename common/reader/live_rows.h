/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows of the live view: which there are, and their order. */
#ifndef LIVE_ROWS_H
#define LIVE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "live_past.h"
#include "report.h"
#include "stats_rate.h"

#define LIVE_FILTER_SIZE 64

enum live_sort { LIVE_BY_RATE, LIVE_BY_BITS, LIVE_BY_PACKETS, LIVE_BY_NAME, LIVE_SORTS };

/* What the user wants to see. */
struct live_choice {
	const struct report_view *view;
	enum live_sort sort;
	char filter[LIVE_FILTER_SIZE]; /* rows whose device or action contains it; "": all */
	bool per_cpu;
};

/* An action of a device, what one CPU has counted of it, or the sum of all. */
struct live_row {
	const struct stats_device *device; /* NULL: the sum */
	__u32 action;			   /* XDP_ACTION_MAX: nothing is counted, or the sum */
	int cpu;			   /* -1: all of them */
	struct datarec counted;		   /* as the maps have it */
	struct stats_rate rate;		   /* pps below 0: not known yet */
	double share; /* of one CPU, used by the device's program, in percent; -1: unknown */
	double key;   /* to sort by; a CPU's row has its action's */
};

struct live_rows {
	struct live_row *rows;
	size_t count, room;
	struct live_row total;
	struct live_row worst; /* drops most, or has dropped most; device NULL: none */
	size_t devices;	       /* that are shown */
	int name_width;	       /* of the longest name, or "  CPU 3" */
	bool has_cost;
};

/* Finds the rows of @set as it was read last, and sorts them. Leaves rows out if memory runs out.
 */
void live_rows_find(struct live_rows *all, const struct stats_set *set,
		    const struct live_choice *choice);
void live_rows_close(struct live_rows *all);

/* What the row of a CPU is called. Returns @name, of LIVE_CPU_SIZE bytes. */
#define LIVE_CPU_SIZE 24
const char *live_row_cpu(char *name, const struct live_row *row);

#endif /* LIVE_ROWS_H */
