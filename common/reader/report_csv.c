// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A line for each action of each device in each round; with --per-cpu also one for each CPU that
 * has counted.
 */
#include <stdio.h>
#include <string.h>

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

/* What each line of a device begins with in a round: all up to the action. A name may need twice
 * its length.
 */
struct start {
	char text[2 * 2 * ESCAPE_SIZE + 8 * REPORT_DIGITS_MAX], *end;
};

/* The rest of a line, without names. */
#define REST_SIZE 512

/* The kernel lets a device's name have commas and quotes. */
static char *print_name(char *to, const char *name)
{
	char text[ESCAPE_SIZE];
	const char *c;

	*to++ = '"';
	for (c = escape_utf8(text, sizeof(text), name ? name : ""); *c; c++) {
		if (*c == '"')
			*to++ = '"';
		*to++ = *c;
	}
	return stpcpy(to, "\",");
}

/* A number, and a comma before it. */
static char *add(char *to, __u64 value)
{
	*to++ = ',';
	return report_print_number(to, value);
}

static char *add_fixed(char *to, double value, int decimals)
{
	*to++ = ',';
	return report_print_fixed(to, value, decimals);
}

static char *add_both(char *to, const struct datarec *counters)
{
	return add(add(to, counters->rx_packets), counters->rx_bytes);
}

static void make_start(struct start *start, const struct stats_device *device)
{
	const struct stats_watch *watch = &device->watch;
	char *end = start->text, time[REPORT_TIME_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	end = stpcpy(stpcpy(end, report_time(time, &now)), ",");
	end = print_name(end, device->netns);
	end = print_name(end, report_name(device));
	end = report_print_number(end, watch->current.map.id);
	end = stpcpy(add(end, watch->generation), ",");
	end = stpcpy(stpcpy(end, report_time(time, &watch->since)), ",");
	start->end = stpcpy(stpcpy(end, report_reason(watch)), ",");
}

static void put_line(const struct start *start, const char *rest, char *end)
{
	*end++ = '\n';
	report_put_between(stdout, start->text, start->end);
	report_put_between(stdout, rest, end);
}

/* The same on all lines of a device in a round; empty if it is unknown. */
static char *add_cost(char *to, const struct program_cost *cost, double period)
{
	const struct program_runs *recent = program_cost_recent(cost, period);
	const double ns = program_runs_ns(recent), cpu = program_runs_cpu(recent, period);
	const __u64 numbers[] = { cost->id, cost->now.count, cost->now.ns, cost->totals.count,
				  cost->totals.ns };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		to = cost->id ? add(to, numbers[i]) : stpcpy(to, ",");
	to = cost->id && ns >= 0 ? add_fixed(to, ns, 1) : stpcpy(to, ",");
	return cost->id && cpu >= 0 ? add_fixed(to, cpu, 9) : stpcpy(to, ",");
}

static void put_cpus(const struct start *start, const struct stats_buffer *buffer, __u32 action,
		     const struct report_view *view)
{
	char rest[REST_SIZE], *end;
	int cpu;

	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counters = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counters))
			continue;
		end = add(stpcpy(rest, action_name(action)), cpu);
		end = stpcpy(add_both(end, counters), view->cost ? ",,,,,,,,,,,," : ",,,,,");
		put_line(start, rest, end);
	}
}

static void put_action(const struct start *start, const struct stats_device *device, __u32 action,
		       const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	const struct stats_rate rate = stats_rate(&watch->counted[action], watch->period);
	char rest[REST_SIZE], *end = stpcpy(stpcpy(rest, action_name(action)), ",");

	end = add_both(end, &watch->current.totals[action]);
	if (watch->period > 0)
		end = add_fixed(add_fixed(add_fixed(end, rate.pps, 0), rate.bps, 0), watch->period,
				6);
	else
		end = stpcpy(end, ",,,");
	end = add_both(end, &watch->totals[action]);
	if (view->cost)
		end = add_cost(end, &device->cost, watch->period);
	put_line(start, rest, end);
}

static void put_device(const struct stats_device *device, const struct stats_buffer *buffer,
		       const struct report_view *view)
{
	struct start start;
	__u32 action;

	make_start(&start, device);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action))
			continue;
		put_action(&start, device, action, view);
		if (view->per_cpu)
			put_cpus(&start, buffer, action, view);
	}
}

const struct report report_csv = { .name = "csv", .begin = print_head, .device = put_device };
