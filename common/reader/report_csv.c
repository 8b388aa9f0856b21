// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A line for each action of each device in each round; with --per-cpu also one for each CPU that
 * has counted.
 */
#include <stdio.h>

#include "action.h"
#include "escape.h"
#include "report.h"
#include "report_put.h"
#include "stats_rate.h"

static void print_head(const struct stats_set *set, const struct report_view *view)
{
	(void)set;
	report_put(stdout,
		   "time,netns,device,map_id,generation,generation_since,generation_reason,action,"
		   "cpu,packets,bytes,pps,bps,period,packets_since_start,bytes_since_start");
	if (view->cost)
		report_put(stdout, ",program_id,runs,run_ns,runs_since_start,run_ns_since_start,"
				   "ns_per_run,cpu_share");
	report_put(stdout, "\n");
}

/* The kernel lets a device's name have commas and quotes. */
static void print_name(const char *name)
{
	char text[ESCAPE_SIZE];
	const char *c;

	putc_unlocked('"', stdout);
	for (c = escape_utf8(text, sizeof(text), name ? name : ""); *c; c++) {
		if (*c == '"')
			putc_unlocked('"', stdout);
		putc_unlocked(*c, stdout);
	}
	report_put(stdout, "\",");
}

static void put_numbers(const struct datarec *counters)
{
	report_put_number(stdout, counters->rx_packets);
	report_put(stdout, ",");
	report_put_number(stdout, counters->rx_bytes);
}

/* Each line of a round has these. */
struct start {
	const struct stats_device *device;
	char time[REPORT_TIME_SIZE], since[REPORT_TIME_SIZE];
};

static void print_start(const struct start *start, __u32 action)
{
	const struct stats_device *device = start->device;

	report_put(stdout, start->time);
	report_put(stdout, ",");
	print_name(device->netns);
	print_name(report_name(device));
	report_put_number(stdout, device->watch.current.map.id);
	report_put(stdout, ",");
	report_put_number(stdout, device->watch.generation);
	report_put(stdout, ",");
	report_put(stdout, start->since);
	report_put(stdout, ",");
	report_put(stdout, report_reason(&device->watch));
	report_put(stdout, ",");
	report_put(stdout, action_name(action));
	report_put(stdout, ",");
}

/* The same on all lines of a device in a round; empty if it is unknown. */
static void put_cost(const struct program_cost *cost, double period)
{
	const struct program_runs *recent = program_cost_recent(cost, period);
	const double ns = program_runs_ns(recent), cpu = program_runs_cpu(recent, period);
	const __u64 numbers[] = { cost->id, cost->now.count, cost->now.ns, cost->totals.count,
				  cost->totals.ns };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		report_put(stdout, ",");
		if (cost->id)
			report_put_number(stdout, numbers[i]);
	}
	report_put(stdout, ",");
	if (cost->id && ns >= 0)
		report_put_fixed(stdout, ns, 1);
	report_put(stdout, ",");
	if (cost->id && cpu >= 0)
		report_put_fixed(stdout, cpu, 9);
}

static void print_cpus(const struct start *start, const struct stats_buffer *buffer, __u32 action,
		       const struct report_view *view)
{
	int cpu;

	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counters = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counters))
			continue;
		print_start(start, action);
		report_put_number(stdout, cpu);
		report_put(stdout, ",");
		put_numbers(counters);
		report_put(stdout, view->cost ? ",,,,,,,,,,,,\n" : ",,,,,\n");
	}
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	struct start start = { .device = device };
	struct timespec time;
	__u32 action;

	clock_gettime(CLOCK_REALTIME, &time);
	report_time(start.time, &time);
	report_time(start.since, &watch->since);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct stats_rate rate = stats_rate(&watch->counted[action], watch->period);

		if (report_hides(view, action))
			continue;
		print_start(&start, action);
		report_put(stdout, ",");
		put_numbers(&watch->current.totals[action]);
		report_put(stdout, ",");
		if (watch->period > 0) {
			report_put_fixed(stdout, rate.pps, 0);
			report_put(stdout, ",");
			report_put_fixed(stdout, rate.bps, 0);
			report_put(stdout, ",");
			report_put_fixed(stdout, watch->period, 6);
			report_put(stdout, ",");
		} else {
			report_put(stdout, ",,,");
		}
		put_numbers(&watch->totals[action]);
		if (view->cost)
			put_cost(&device->cost, watch->period);
		report_put(stdout, "\n");
		if (view->per_cpu)
			print_cpus(&start, buffer, action, view);
	}
}

const struct report report_csv = { .name = "csv", .begin = print_head, .device = print_device };
