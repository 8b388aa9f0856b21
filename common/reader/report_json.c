// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One object a line for each device in each round. It is written directly: to make and free
 * json-c's objects for each device would take twice as long as the rest of a round.
 * basic04-pinning-maps/REFERENCE.org explains each field. The tests check the output by
 * basic04-pinning-maps/xdp_stats.schema.json.
 */
#include "report.h"

#ifdef HAVE_JSON

#include <stdio.h>

#include "action.h"
#include "json_line.h"
#include "report_put.h"
#include "stats_rate.h"

#define SCHEMA 1 /* rises with each change that may break a program that reads it */

/* Begins a member that is not the first of its object; the caller writes its value. */
static void put_key(const char *key)
{
	report_put(stdout, ",\"");
	report_put(stdout, key);
	report_put(stdout, "\":");
}

static void put_number(const char *key, __u64 number)
{
	put_key(key);
	report_put_number(stdout, number);
}

static void put_fixed(const char *key, double value, int decimals)
{
	put_key(key);
	report_put_fixed(stdout, value, decimals);
}

/* The library knows what must be escaped. NULL is null. */
static void put_text(const char *key, const char *text)
{
	struct json_object *string = json_line_text(text);

	put_key(key);
	report_put(stdout, json_line_write(string));
	json_line_free(string);
}

static void put_time(const char *key, const struct timespec *time)
{
	char text[REPORT_TIME_SIZE];

	put_key(key);
	report_put(stdout, "\"");
	report_put(stdout, report_time(text, time));
	report_put(stdout, "\"");
}

static void put_counters(const struct datarec *counters)
{
	report_put(stdout, "\"packets\":");
	report_put_number(stdout, counters->rx_packets);
	put_number("bytes", counters->rx_bytes);
}

static void put_cpus(const struct stats_buffer *buffer, __u32 action)
{
	const char *between = "";
	int cpu;

	put_key("cpus");
	report_put(stdout, "[");
	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counters = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counters))
			continue;
		report_put(stdout, between);
		report_put(stdout, "{\"cpu\":");
		report_put_number(stdout, cpu);
		report_put(stdout, ",");
		put_counters(counters);
		report_put(stdout, "}");
		between = ",";
	}
	report_put(stdout, "]");
}

static void put_action(const struct stats_watch *watch, __u32 action)
{
	report_put(stdout, "\"");
	report_put(stdout, action_name(action));
	report_put(stdout, "\":{");
	put_counters(&watch->current.totals[action]);
	if (watch->period > 0) {
		const struct stats_rate rate = stats_rate(&watch->counted[action], watch->period);

		put_fixed("pps", rate.pps, 0);
		put_fixed("bps", rate.bps, 0);
	}
	put_key("since_start");
	report_put(stdout, "{");
	put_counters(&watch->totals[action]);
	report_put(stdout, "}");
}

static void put_runs(const struct program_runs *runs)
{
	report_put(stdout, "\"runs\":");
	report_put_number(stdout, runs->count);
	put_number("run_ns", runs->ns);
}

/* A value below 0 is unknown, and so null. */
static void put_known(const char *key, double value, int decimals)
{
	if (value < 0)
		put_text(key, NULL);
	else
		put_fixed(key, value, decimals);
}

static void put_cost(const struct program_cost *cost, double period)
{
	const struct program_runs *recent = program_cost_recent(cost, period);

	if (!cost->id) {
		put_text("cost", NULL);
		return;
	}
	put_key("cost");
	report_put(stdout, "{");
	put_runs(&cost->now);
	put_number("program_id", cost->id);
	put_text("program", cost->name);
	put_known("ns_per_run", program_runs_ns(recent), 1);
	if (period > 0)
		put_known("cpu_share", program_runs_cpu(recent, period), 9);
	put_key("since_start");
	report_put(stdout, "{");
	put_runs(&cost->totals);
	report_put(stdout, "}}");
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	const char *between = "{";
	struct timespec time;
	__u32 action;

	clock_gettime(CLOCK_REALTIME, &time);
	report_put(stdout, "{\"schema\":");
	report_put_number(stdout, SCHEMA);
	put_time("time", &time);
	put_fixed("monotonic", watch->read_at, 6);
	put_text("device", device->device);
	put_text("netns", device->netns);
	put_text("pin", watch->path);
	put_key("pinned");
	report_put(stdout, watch->pinned ? "true" : "false");
	put_number("map_id", watch->current.map.id);
	put_number("generation", watch->generation);
	put_time("generation_since", &watch->since);
	put_text("generation_reason", report_reason(watch));
	if (watch->period > 0)
		put_fixed("period", watch->period, 6);
	put_key("actions");
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action))
			continue;
		report_put(stdout, between);
		between = ",";
		put_action(watch, action);
		if (view->per_cpu)
			put_cpus(buffer, action);
		report_put(stdout, "}");
	}
	report_put(stdout, "}");
	if (view->cost)
		put_cost(&device->cost, watch->period);
	report_put(stdout, "}\n");
}

const struct report report_json = { .name = "json", .device = print_device };

#else
const struct report report_json = { .name = "json" };
#endif
