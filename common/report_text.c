// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "report_text.h"

#include <stdio.h>
#include <string.h>

char *report_text_number(char *text, unsigned long long value)
{
	char digits[REPORT_NUMBER_SIZE];
	int len = snprintf(digits, sizeof(digits), "%llu", value), i;
	char *out = text;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return text;
}

static void print_counters(const char *name, const struct datarec *counted)
{
	char packets[REPORT_NUMBER_SIZE], kbytes[REPORT_NUMBER_SIZE];

	printf("%-12s %15s pkts", name, report_text_number(packets, counted->rx_packets));
	printf(" %15s Kbytes", report_text_number(kbytes, counted->rx_bytes / 1000));
}

static void print_rates(const struct datarec *counted, double period)
{
	char pps[REPORT_NUMBER_SIZE];

	printf(" %11s pps %9.3f Mbit/s period:%.6f",
	       report_text_number(pps, counted->rx_packets / period + 0.5),
	       counted->rx_bytes * 8 / period / 1e6, period);
}

void report_text_round(const struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		print_counters(stats_map_action_name(action), &watch->current.totals[action]);
		if (watch->period > 0)
			print_rates(&watch->rates[action], watch->period);
		putchar('\n');
	}
	putchar('\n');
}

void report_text_totals(const struct stats_watch *watch)
{
	struct datarec all = { 0 };
	__u32 action;

	printf("Since the start, through %u map%s:\n", watch->generation,
	       watch->generation == 1 ? "" : "s, one after the other");
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *total = &watch->totals[action];

		all.rx_packets += total->rx_packets;
		all.rx_bytes += total->rx_bytes;
		if (!total->rx_packets)
			continue;
		print_counters(stats_map_action_name(action), total);
		putchar('\n');
	}
	print_counters("all", &all);
	putchar('\n');
}
