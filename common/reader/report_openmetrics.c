// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For Prometheus and its kin: OpenMetrics 1.0, or the older text format, in which a counter's name
 * has its suffix everywhere. A counter continues across reloads: it begins with what the first map
 * had when xdp_stats started.
 */
#include <string.h>

#include "action.h"
#include "escape.h"
#include "report.h"
#include "report_put.h"

/* "\", quotes and line ends have a "\" before them. */
static char *print_label(char *to, const char *label)
{
	char utf8[ESCAPE_SIZE];
	const char *c;

	for (c = escape_utf8(utf8, sizeof(utf8), label ? label : ""); *c; c++) {
		if (*c == '\\' || *c == '"' || *c == '\n')
			*to++ = '\\';
		*to++ = *c == '\n' ? 'n' : *c;
	}
	return to;
}

/* A metric's name, and the labels that all metrics of a device have, without the last brace. */
struct name {
	char text[2 * 2 * ESCAPE_SIZE + 128], *end;
};

static void make_name(struct name *name, const char *metric, const struct stats_device *device)
{
	char *end = stpcpy(stpcpy(name->text, metric), "{device=\"");

	end = stpcpy(print_label(end, report_name(device)), "\",netns=\"");
	name->end = stpcpy(print_label(end, device->netns), "\"");
}

static void put_name(FILE *out, const char *metric, const struct stats_device *device)
{
	struct name name;

	make_name(&name, metric, device);
	report_put_between(out, name.text, name.end);
}

struct out {
	FILE *file;
	bool openmetrics;
};

static void print_head(const struct out *out, const char *metric, const char *type,
		       const char *unit, const char *help)
{
	const char *suffix = unit && !out->openmetrics ? "_total" : "";

	fprintf(out->file, "# HELP %s%s %s\n# TYPE %s%s %s\n", metric, suffix, help, metric, suffix,
		type);
	if (unit && out->openmetrics)
		fprintf(out->file, "# UNIT %s %s\n", metric, unit);
}

#define NSEC 1000000000ULL

enum counter { PACKETS, BYTES };

static void put_counter(FILE *out, const struct name *name, __u32 action, __u64 value)
{
	char rest[128], *end = stpcpy(rest, ",action=\"");

	end = stpcpy(stpcpy(end, action_name(action)), "\"} ");
	end = report_print_number(end, value);
	*end++ = '\n';
	report_put_between(out, name->text, name->end);
	report_put_between(out, rest, end);
}

static void print_counter(FILE *out, const struct stats_set *set, const struct report_view *view,
			  const char *metric, enum counter which)
{
	struct name name;
	__u32 action;
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct stats_device *device = set->devices[i];
		const struct stats_watch *watch = &device->watch;

		if (!watch->generation)
			continue;
		make_name(&name, metric, device);
		for (action = 0; action < XDP_ACTION_MAX; action++) {
			const struct datarec *before = &watch->before[action];
			const struct datarec *since = &watch->totals[action];

			if (!report_hides(view, action))
				put_counter(out, &name, action,
					    which == PACKETS ?
						    before->rx_packets + since->rx_packets :
						    before->rx_bytes + since->rx_bytes);
		}
	}
}

/* What the kernel had measured of the first program, and what it has measured since. */
static void print_cost(const struct out *out, const struct stats_set *set, const char *metric,
		       bool seconds)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct program_cost *cost = &set->devices[i]->cost;
		__u64 ns = cost->before.ns + cost->totals.ns;

		if (!cost->highest_id) /* none was ever known */
			continue;
		put_name(out->file, metric, set->devices[i]);
		report_put(out->file, "} ");
		if (seconds)
			fprintf(out->file, "%llu.%09llu", ns / NSEC, ns % NSEC);
		else
			report_put_number(out->file, cost->before.count + cost->totals.count);
		report_put(out->file, "\n");
	}
}

static void print_costs(const struct out *out, const struct stats_set *set)
{
	print_head(out, "xdp_stats_program_runs", "counter", "runs",
		   "How often the program on the device has run.");
	print_cost(out, set, "xdp_stats_program_runs_total", false);
	print_head(out, "xdp_stats_program_run_seconds", "counter", "seconds",
		   "For how long the program on the device has run.");
	print_cost(out, set, "xdp_stats_program_run_seconds_total", true);
}

void report_metrics(const struct stats_set *set, const struct report_view *view, FILE *file,
		    bool openmetrics)
{
	const struct out out = { .file = file, .openmetrics = openmetrics };
	size_t i;

	print_head(&out, "xdp_stats_packets", "counter", "packets",
		   "Packets that XDP programs ended with an action.");
	print_counter(file, set, view, "xdp_stats_packets_total", PACKETS);
	print_head(&out, "xdp_stats_bytes", "counter", "bytes",
		   "Bytes of the packets that XDP programs ended with an action.");
	print_counter(file, set, view, "xdp_stats_bytes_total", BYTES);
	print_head(&out, "xdp_stats_map_generation", "gauge", NULL,
		   "How many maps there have been, one after the other, since xdp_stats began.");
	for (i = 0; i < set->count; i++) {
		if (!set->devices[i]->watch.generation)
			continue;
		put_name(file, "xdp_stats_map_generation", set->devices[i]);
		report_put(file, "} ");
		report_put_number(file, set->devices[i]->watch.generation);
		report_put(file, "\n");
	}
	print_head(&out, "xdp_stats_map_since_timestamp_seconds", "gauge", NULL,
		   "When the generation began, and why.");
	for (i = 0; i < set->count; i++) {
		const struct stats_watch *watch = &set->devices[i]->watch;

		if (!watch->generation)
			continue;
		put_name(file, "xdp_stats_map_since_timestamp_seconds", set->devices[i]);
		fprintf(file, ",reason=\"%s\"} %lld.%03ld\n", report_reason(watch),
			(long long)watch->since.tv_sec, watch->since.tv_nsec / 1000000);
	}
	print_head(&out, "xdp_stats_up", "gauge", NULL,
		   "Whether the pin of the counters is there and can be read.");
	for (i = 0; i < set->count; i++) {
		const struct stats_device *device = set->devices[i];

		if (device->found && !device->watch.generation)
			continue;
		put_name(file, "xdp_stats_up", device);
		report_put(file, device->watch.pinned && !device->err && !device->read_err ?
					 "} 1\n" :
					 "} 0\n");
	}
	if (view->cost)
		print_costs(&out, set);
	if (openmetrics)
		fputs("# EOF\n", file);
}

static void print_set(const struct stats_set *set, const struct report_view *view)
{
	report_metrics(set, view, stdout, true);
}

const struct report report_openmetrics = { .name = "openmetrics", .set = print_set };
