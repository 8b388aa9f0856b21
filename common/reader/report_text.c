// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For people: a table of at most 72 columns. Each round begins with a row that names the columns,
 * and has the time and the period at its left. One device has a row for each action, so that a row
 * stays in its place; several have a row for each action that has counted. A number is never cut:
 * what does not fit beside it moves, or has a line of its own.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "action.h"
#include "escape.h"
#include "output.h"
#include "report.h"
#include "report_put.h"
#include "stats_rate.h"
#include "units.h"

#define LINE_COLUMNS 72
#define NAME_COLUMNS 16	  /* of one of several devices, with the space behind it */
#define EXACT_BYTES 10000 /* below: not scaled */

/* How many columns each number has, with the space before it. @packets has the names too. */
struct columns {
	size_t packets, bytes, pps, bps;
};

struct table {
	struct columns columns;
	bool exact;
	bool named;	  /* the rows begin with a device */
	const char *name; /* of the device, until it has a line of its own */
};

static struct table table_begin(const struct report_view *view)
{
	static const struct columns columns[2][2] = {
		/* [exact][multi_device] */
		{ { 34, 9, 11, 13 }, { 42, 8, 10, 12 } },
		{ { 36, 22, 17, 23 }, { 46, 22, 17, 23 } },
	};

	return (struct table){
		.columns = columns[view->exact][view->multi_device],
		.exact = view->exact,
		.named = view->multi_device,
		.name = "",
	};
}

static void widen(size_t *width, unsigned long long value, const char *beside)
{
	char number[REPORT_NUMBER_SIZE];
	const size_t needed = strlen(report_number(number, value)) + strlen(beside);

	if (*width < needed)
		*width = needed;
}

/* Makes room for @counted beside the longest name of an action; several devices have room. */
static void table_fit(struct table *table, const struct datarec *counted)
{
	if (!table->named)
		widen(&table->columns.packets, counted->rx_packets, "XDP_REDIRECT ");
	if (table->exact)
		widen(&table->columns.bytes, counted->rx_bytes, "  B");
}

static void table_fit_rate(struct table *table, struct stats_rate rate)
{
	if (!table->exact)
		return;
	widen(&table->columns.pps, report_round(rate.pps), "  pps");
	widen(&table->columns.bps, report_round(rate.bps), "  bit/s");
}

static void table_fit_device(struct table *table, const struct stats_watch *watch,
			     const struct report_view *view)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action))
			continue;
		table_fit(table, &watch->current.totals[action]);
		table_fit_rate(table, stats_rate(&watch->counted[action], watch->period));
	}
}

static void put_heading(const struct table *table, const char *left, bool rates)
{
	static const char packets[] = " packets";
	size_t width = table->columns.packets - strlen(packets);

	if (strlen(left) > width) {
		report_put(stdout, left);
		report_put(stdout, "\n");
		left = "";
	}
	report_put_padded(stdout, left, width);
	report_put(stdout, packets);
	report_put_right(stdout, "bytes", table->columns.bytes);
	if (rates) {
		report_put_right(stdout, "packets/s", table->columns.pps);
		report_put_right(stdout, "bits/s", table->columns.bps);
	}
	report_put(stdout, "\n");
}

/* @label is an action's name, for example. */
static void put_packets(struct table *table, const char *label, unsigned long long packets)
{
	char number[REPORT_NUMBER_SIZE];
	const size_t width = table->columns.packets;
	size_t needed = strlen(report_number(number, packets)) + 1 + strlen(label);
	size_t indent = table->named ? NAME_COLUMNS : 0;
	const bool fits = indent + needed <= width;

	if (table->name[0] && (!fits || strlen(table->name) >= NAME_COLUMNS)) {
		report_put(stdout, table->name);
		report_put(stdout, "\n");
		table->name = "";
	}
	if (!fits)
		indent = needed < width ? width - needed : 0;
	report_put_padded(stdout, table->name, indent);
	report_put(stdout, label);
	report_put_right(stdout, number, width - indent - strlen(label));
}

static void put_scaled(const struct table *table, double value, const char *unit, size_t width)
{
	if (table->exact && value >= UNITS_SCALED_FROM)
		report_put_grouped(stdout, report_round(value), unit, width);
	else
		report_put_scaled(stdout, value, unit, width);
}

static void put_counters(struct table *table, const char *label, const struct datarec *counted)
{
	const size_t width = table->columns.bytes;

	put_packets(table, label, counted->rx_packets);
	if (table->exact || counted->rx_bytes < EXACT_BYTES)
		report_put_grouped(stdout, counted->rx_bytes, "B", width);
	else
		report_put_scaled(stdout, counted->rx_bytes, "B", width);
}

static void put_rates(const struct table *table, struct stats_rate rate)
{
	put_scaled(table, rate.pps, "pps", table->columns.pps);
	put_scaled(table, rate.bps, "bit/s", table->columns.bps);
}

static void put_row(struct table *table, const char *label, const struct stats_watch *watch,
		    const struct datarec *total, const struct datarec *counted)
{
	put_counters(table, label, total);
	if (watch->period > 0)
		put_rates(table, stats_rate(counted, watch->period));
	report_put(stdout, "\n");
}

static void put_cpus(struct table *table, const struct stats_buffer *buffer, __u32 action)
{
	char name[32];
	int cpu;

	table->name = "";
	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counted = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counted))
			continue;
		snprintf(name, sizeof(name), "  CPU %d", cpu);
		put_counters(table, name, counted);
		report_put(stdout, "\n");
	}
}

static void print_begin(const struct stats_set *set, const struct report_view *view)
{
	static const char format[] = "Counters of %s: map id %u\n";
	size_t i, shown = 0;

	if (view->once)
		return;
	for (i = 0; i < set->count; i++) {
		const struct stats_watch *watch = &set->devices[i]->watch;
		const __u32 id = watch->current.map.id;

		if (!watch->pinned)
			continue;
		shown++;
		if (snprintf(NULL, 0, format, watch->path, id) <= LINE_COLUMNS + 1) {
			output_print(format, watch->path, id);
			continue;
		}
		output_print("Counters of map id %u:\n", id);
		output_print("  %s\n", watch->path);
	}
	if (!shown)
		report_put(stdout, "No device has counters yet\n");
}

static void print_round(const struct stats_device *first, const struct report_view *view)
{
	const double period = first->watch.period;
	/* By the number as it is rounded: 0.9996 is 1.00. */
	const int decimals = view->exact ? 6 : period < 0.9995 ? 3 : period < 99.995 ? 2 : 0;
	struct table table = table_begin(view);
	const time_t now = time(NULL);
	char heading[64];
	struct tm parts;
	size_t length;

	length = strftime(heading, sizeof(heading), "%H:%M:%S", localtime_r(&now, &parts));
	if (period > 0)
		snprintf(heading + length, sizeof(heading) - length, "  period %.*f s", decimals,
			 period);
	if (!view->once)
		report_put(stdout, "\n");
	table_fit_device(&table, &first->watch, view);
	put_heading(&table, heading, !view->once);
}

/* Below the actions, so that both are read together. */
static void put_cost(const struct table *table, const struct program_runs *runs, double period)
{
	const char *name = strlen(table->name) < NAME_COLUMNS ? table->name : "";
	char text[REPORT_COST_SIZE];

	report_put_padded(stdout, name, table->named ? NAME_COLUMNS : 0);
	report_put_padded(stdout, "cost", strlen("XDP_REDIRECT "));
	report_put(stdout, report_cost(text, runs, period));
	report_put(stdout, "\n");
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	static const struct datarec none;
	const struct stats_watch *watch = &device->watch;
	struct table table = table_begin(view);
	bool is_empty = true;
	char name[ESCAPE_SIZE];
	__u32 action;

	table_fit_device(&table, watch, view);
	if (table.named)
		table.name = report_full_name(device, name);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *total = &watch->current.totals[action];

		/* What was asked for is shown even if nothing was counted. */
		if (report_hides(view, action) ||
		    (table.named && !view->hidden && !report_has_counted(total)))
			continue;
		is_empty = false;
		put_row(&table, action_name(action), watch, total, &watch->counted[action]);
		if (view->per_cpu)
			put_cpus(&table, buffer, action);
	}
	if (is_empty)
		put_row(&table, "-", watch, &none, &none);
	if (view->cost)
		put_cost(&table, program_cost_recent(&device->cost, watch->period), watch->period);
}

/* An action that was asked for is shown even if nothing was counted. */
static void print_totals(const struct stats_device *device, const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	struct table table = table_begin(view);
	struct datarec all = { 0 };
	char name[ESCAPE_SIZE], heading[64];
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action))
			continue;
		all.rx_packets += watch->totals[action].rx_packets;
		all.rx_bytes += watch->totals[action].rx_bytes;
		table_fit(&table, &watch->totals[action]);
	}
	table_fit(&table, &all);
	if (table.named)
		table.name = report_full_name(device, name);
	snprintf(heading, sizeof(heading), "Since the start, %u map%s", watch->generation,
		 watch->generation == 1 ? "" : "s");
	report_put(stdout, "\n");
	put_heading(&table, heading, false);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action) ||
		    (!watch->totals[action].rx_packets && !view->hidden))
			continue;
		put_counters(&table, action_name(action), &watch->totals[action]);
		report_put(stdout, "\n");
	}
	put_counters(&table, view->hidden ? "shown" : "all", &all);
	report_put(stdout, "\n");
	if (view->cost)
		put_cost(&table, &device->cost.totals, 0);
}

const struct report report_text = {
	.name = "text",
	.begin = print_begin,
	.round = print_round,
	.device = print_device,
	.totals = print_totals,
};
