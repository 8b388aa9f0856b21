// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For people: a line an action. */
#include <stdio.h>

#include "action.h"
#include "output.h"
#include "report.h"
#include "report_put.h"

static void put_counters(const char *name, const struct datarec *counted)
{
	report_put_padded(stdout, name, 12);
	report_put(stdout, " ");
	report_put_grouped(stdout, counted->rx_packets, 15);
	report_put(stdout, " pkts ");
	report_put_grouped(stdout, counted->rx_bytes / 1000, 15);
	report_put(stdout, " Kbytes");
}

static void put_rates(const struct datarec *counted, double period)
{
	const struct stats_rate rate = stats_watch_rate(counted, period);

	report_put(stdout, " ");
	report_put_grouped(stdout, report_round(rate.pps), 11);
	report_put(stdout, " pps ");
	report_put_fixed(stdout, rate.bps / 1e6, 3, 9);
	report_put(stdout, " Mbit/s period:");
	report_put_fixed(stdout, period, 6, 0);
}

static void print_title(const struct stats_device *device)
{
	if (device->netns)
		output_print("%s/", device->netns);
	output_print("%s:\n", report_name(device));
}

static void print_cpus(const struct stats_buffer *buffer, __u32 action)
{
	char name[32];
	int cpu;

	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counted = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counted))
			continue;
		snprintf(name, sizeof(name), "  CPU %d", cpu);
		put_counters(name, counted);
		report_put(stdout, "\n");
	}
}

static void print_begin(const struct stats_set *set, const struct report_view *view)
{
	size_t i;

	if (view->once)
		return;
	for (i = 0; i < set->count; i++)
		if (set->devices[i]->watch.pinned)
			output_print("Counters of %s: map id %u\n", set->devices[i]->watch.path,
				     set->devices[i]->watch.current.map.id);
	putchar('\n');
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	__u32 action;

	if (view->multi_device)
		print_title(device);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(view, action))
			continue;
		put_counters(action_name(action), &watch->current.totals[action]);
		if (watch->period > 0)
			put_rates(&watch->counted[action], watch->period);
		report_put(stdout, "\n");
		if (view->per_cpu)
			print_cpus(buffer, action);
	}
	report_put(stdout, "\n");
}

/* An action that was asked for is told even if nothing was counted. */
static void print_totals(const struct stats_device *device, const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	struct datarec all = { 0 };
	__u32 action;

	if (view->multi_device)
		print_title(device);
	printf("Since the start, through %u map%s:\n", watch->generation,
	       watch->generation == 1 ? "" : "s, one after the other");
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *total = &watch->totals[action];

		if (report_hides(view, action))
			continue;
		all.rx_packets += total->rx_packets;
		all.rx_bytes += total->rx_bytes;
		if (!total->rx_packets && !view->hidden)
			continue;
		put_counters(action_name(action), total);
		report_put(stdout, "\n");
	}
	put_counters(view->hidden ? "shown" : "all", &all);
	report_put(stdout, "\n");
}

const struct report report_text = {
	.name = "text",
	.begin = print_begin,
	.device = print_device,
	.totals = print_totals,
};
