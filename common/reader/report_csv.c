// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A line an action, device and round; with --per-cpu also one for each CPU that has counted. */
#include <stdio.h>

#include "escape.h"
#include "report.h"

static void print_head(const struct stats_set *set, const struct report_view *view)
{
	(void)set;
	(void)view;
	puts("time,netns,device,map_id,generation,generation_since,generation_reason,action,"
	     "cpu,packets,bytes,pps,bps,period,packets_since_start,bytes_since_start");
}

/* The kernel lets a device's name have commas and quotes. */
static void print_name(const char *name)
{
	char text[ESCAPE_SIZE];
	const char *c;

	putchar('"');
	for (c = escape_utf8(text, sizeof(text), name ? name : ""); *c; c++)
		printf("%s%c", *c == '"' ? "\"" : "", *c);
	fputs("\",", stdout);
}

static void print_start(const struct stats_device *device, const char *time, __u32 action)
{
	const struct stats_watch *watch = &device->watch;
	char since[REPORT_TIME_SIZE];

	printf("%s,", time);
	print_name(device->netns);
	print_name(report_name(device));
	printf("%u,%u,%s,%s,%s,", watch->current.map.id, watch->generation,
	       report_time(since, &watch->since), report_reason(watch),
	       stats_map_action_name(action));
}

static void print_cpus(const struct stats_device *device, const struct stats_buffer *buffer,
		       const char *time, __u32 action)
{
	int cpu;

	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counters = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counters))
			continue;
		print_start(device, time, action);
		printf("%d,%llu,%llu,,,,,\n", cpu, counters->rx_packets, counters->rx_bytes);
	}
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	char text[REPORT_TIME_SIZE];
	struct timespec time;
	__u32 action;

	clock_gettime(CLOCK_REALTIME, &time);
	report_time(text, &time);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *raw = &watch->current.totals[action];
		const struct stats_rate rate = stats_watch_rate(&watch->counted[action],
								watch->period);

		print_start(device, text, action);
		printf(",%llu,%llu,", raw->rx_packets, raw->rx_bytes);
		if (watch->period > 0)
			printf("%.0f,%.0f,%.6f,", rate.pps, rate.bps, watch->period);
		else
			fputs(",,,", stdout);
		printf("%llu,%llu\n", watch->totals[action].rx_packets,
		       watch->totals[action].rx_bytes);
		if (view->per_cpu)
			print_cpus(device, buffer, text, action);
	}
}

const struct report report_csv = { .name = "csv", .begin = print_head, .device = print_device };
