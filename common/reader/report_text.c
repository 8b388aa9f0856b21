// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For people: a line an action. */
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "report.h"

/* Thousands of lines a round are made here: printf() would take half of the time. */
struct line {
	char text[512];
	size_t length;
};

static void add(struct line *line, const char *text, size_t length)
{
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

static void add_text(struct line *line, const char *text)
{
	add(line, text, strlen(text));
}

static void add_padding(struct line *line, size_t length, size_t width)
{
	while (length++ < width)
		line->text[line->length++] = ' ';
}

static void add_number(struct line *line, unsigned long long value, size_t width)
{
	char text[REPORT_NUMBER_SIZE];
	size_t length = strlen(report_number(text, value));

	add_padding(line, length, width);
	add(line, text, length);
}

/* @value with @decimals digits behind a point; @scaled is the value times ten to that power. */
static void add_fixed(struct line *line, unsigned long long scaled, int decimals, size_t width)
{
	char reversed[REPORT_NUMBER_SIZE];
	size_t length = 0;

	do {
		reversed[length++] = '0' + scaled % 10;
		scaled /= 10;
		if ((int)length == decimals)
			reversed[length++] = '.';
	} while (scaled || (int)length <= decimals + 1);
	add_padding(line, length, width);
	while (length)
		line->text[line->length++] = reversed[--length];
}

static void add_counters(struct line *line, const char *name, const struct datarec *counted)
{
	size_t length = strlen(name);

	add(line, name, length);
	add_padding(line, length, 12);
	add_text(line, " ");
	add_number(line, counted->rx_packets, 15);
	add_text(line, " pkts ");
	add_number(line, counted->rx_bytes / 1000, 15);
	add_text(line, " Kbytes");
}

static void add_rates(struct line *line, const struct datarec *counted, double period)
{
	const struct stats_rate rate = stats_watch_rate(counted, period);

	add_text(line, " ");
	add_number(line, rate.pps + 0.5, 11);
	add_text(line, " pps ");
	add_fixed(line, rate.bps / 1e3 + 0.5, 3, 9);
	add_text(line, " Mbit/s period:");
	add_fixed(line, period * 1e6 + 0.5, 6, 0);
}

static void print_line(struct line *line)
{
	line->text[line->length++] = '\n';
	fwrite_unlocked(line->text, 1, line->length, stdout);
	line->length = 0;
}

static void print_title(const struct stats_device *device)
{
	if (device->netns)
		output_print("%s/", device->netns);
	output_print("%s:\n", report_name(device));
}

static void print_cpus(struct line *line, const struct stats_buffer *buffer, __u32 action)
{
	char name[32];
	int cpu;

	for (cpu = 0; cpu < buffer->cpus; cpu++) {
		const struct datarec *counted = &buffer->values[action * buffer->cpus + cpu];

		if (!report_has_counted(counted))
			continue;
		snprintf(name, sizeof(name), "  CPU %d", cpu);
		add_counters(line, name, counted);
		print_line(line);
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
	struct line line = { .length = 0 };
	__u32 action;

	if (view->multi_device)
		print_title(device);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		add_counters(&line, stats_map_action_name(action), &watch->current.totals[action]);
		if (watch->period > 0)
			add_rates(&line, &watch->counted[action], watch->period);
		print_line(&line);
		if (view->per_cpu)
			print_cpus(&line, buffer, action);
	}
	print_line(&line);
}

static void print_totals(const struct stats_device *device, const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	struct line line = { .length = 0 };
	struct datarec all = { 0 };
	__u32 action;

	if (view->multi_device)
		print_title(device);
	printf("Since the start, through %u map%s:\n", watch->generation,
	       watch->generation == 1 ? "" : "s, one after the other");
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *total = &watch->totals[action];

		all.rx_packets += total->rx_packets;
		all.rx_bytes += total->rx_bytes;
		if (!total->rx_packets)
			continue;
		add_counters(&line, stats_map_action_name(action), total);
		print_line(&line);
	}
	add_counters(&line, "all", &all);
	print_line(&line);
}

const struct report report_text = {
	.name = "text",
	.begin = print_begin,
	.device = print_device,
	.totals = print_totals,
};
