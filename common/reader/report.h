/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ways to write counters to stdout. The caller flushes. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "stats_set.h"

struct report_view {
	bool multi_device; /* there may be several: print the device's name */
	bool once;	   /* one reading, without rates */
	bool per_cpu;	   /* print each CPU's counters, from the @buffer of device() */
	bool exact;	   /* text: scale neither bytes nor rates */
	bool cost;	   /* print what the device's program costs */
	__u32 hidden;	   /* bit N: leave out action N; 0: print all of them */
};

/* Shows only the actions @names, if there are any: "XDP_DROP" or "drop", in any case. Returns 0; or
 * -EINVAL, with a message that names the actions there are.
 */
int report_choose_actions(const char *const *names, size_t count, struct report_view *view);

static inline bool report_hides(const struct report_view *view, __u32 action)
{
	return view->hidden & 1U << action;
}

struct report {
	const char *name; /* of the format */
	/* What comes first; NULL: nothing. */
	void (*begin)(const struct stats_set *set, const struct report_view *view);
	/* What comes before the first device of a round; NULL: nothing. */
	void (*round)(const struct stats_device *first, const struct report_view *view);
	/* One device, as it was polled last; or all of them. */
	void (*device)(const struct stats_device *device, const struct stats_buffer *buffer,
		       const struct report_view *view);
	void (*set)(const struct stats_set *set, const struct report_view *view);
	/* What comes last, of a device, when it was stopped; NULL: one more round. */
	void (*totals)(const struct stats_device *device, const struct report_view *view);
};

/* Whether to show the device. One that --all has found is not shown after its pin is gone. */
bool report_shows(const struct stats_device *device);

/* The device's name, or the path of its pin if it has no name. */
const char *report_name(const struct stats_device *device);

/* The name for people: escaped, with its network namespace and '/' before it. @text holds
 * ESCAPE_SIZE bytes. Returns @text.
 */
const char *report_full_name(const struct stats_device *device, char *text);

bool report_has_counted(const struct datarec *counters);

/* Returns the format @name; or NULL with a message, also if this program was built without it. */
const struct report *report_find(const char *name);

extern const struct report report_text, report_json, report_csv, report_openmetrics;

/* Why the generation began. */
const char *report_reason(const struct stats_watch *watch);

/* Writes the counters as metrics to @file, in OpenMetrics or in Prometheus' older text format. */
void report_metrics(const struct stats_set *set, const struct report_view *view, FILE *file,
		    bool openmetrics);

/* @value with ',' between thousands, in any locale. @text holds REPORT_NUMBER_SIZE bytes. Returns
 * @text.
 */
#define REPORT_NUMBER_SIZE 32
char *report_number(char *text, unsigned long long value);

/* "85.8 ns a packet, 1.20 % of a CPU"; without the share if @period, in seconds, is 0; "-" if there
 * was no run. @text holds REPORT_COST_SIZE bytes. Returns @text.
 */
#define REPORT_COST_SIZE 64
char *report_cost(char *text, const struct program_runs *runs, double period);

/* RFC 3339, UTC, microseconds. @text holds REPORT_TIME_SIZE bytes. Returns @text. */
#define REPORT_TIME_SIZE 32
char *report_time(char *text, const struct timespec *time);

#endif /* REPORT_H */
