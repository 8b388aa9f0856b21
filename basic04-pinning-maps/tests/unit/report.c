// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report: numbers and times; report_text: lines, and rates that stay sane. */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <string.h>

#include "report.h"
#include "tap.h"

static void check_number(unsigned long long value, const char *expected)
{
	char text[REPORT_NUMBER_SIZE];

	ok(report_number(text, value) == text && !strcmp(text, expected), "%s", expected);
}

static void check_numbers(void)
{
	check_number(0, "0");
	check_number(9, "9");
	check_number(999, "999");
	check_number(1000, "1,000");
	check_number(12345, "12,345");
	check_number(999999, "999,999");
	check_number(1000000, "1,000,000");
	check_number(1234567890123ULL, "1,234,567,890,123");
	check_number(ULLONG_MAX, "18,446,744,073,709,551,615");
}

/* What the text report prints goes to a file, and then to @text. */
static void capture_view(const struct stats_device *device, const struct report_view *view,
			 bool totals, char *text, size_t size)
{
	const struct stats_buffer none = { 0 };

	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	size_t len = 0;

	fflush(stdout);
	if (file && dup2(fileno(file), STDOUT_FILENO) >= 0) {
		if (totals)
			report_text.totals(device, view);
		else
			report_text.device(device, &none, view);
		fflush(stdout);
		rewind(file);
		len = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

static void capture(const struct stats_device *device, bool totals, char *text, size_t size)
{
	capture_view(device, &(struct report_view){ 0 }, totals, text, size);
}

static void check_chosen(const char *one, const char *two, int err, __u32 hidden)
{
	const char *names[] = { one, two };
	struct report_view view = { .hidden = 0 };
	int got = report_choose_actions(names, !!one + !!two, &view);

	ok(got == err && (err || view.hidden == hidden), "actions '%s' '%s'", one ? one : "",
	   two ? two : "");
}

static void check_actions(void)
{
	FILE *messages = messages_begin();
	struct stats_device device = { .watch = { .generation = 1 } };
	const struct report_view drops = { .hidden = ~(1U << XDP_DROP) };
	char text[4096];

	check_chosen(NULL, NULL, 0, 0);
	check_chosen("drop", NULL, 0, ~(1U << XDP_DROP));
	check_chosen("XDP_DROP", "Drop", 0, ~(1U << XDP_DROP));
	check_chosen("aborted", "redirect", 0, ~(1U << XDP_ABORTED | 1U << XDP_REDIRECT));
	ok(!*messages_take(messages), "nothing has been said so far");
	check_chosen("pass", "dropp", -EINVAL, 0);
	ok(strstr(messages_take(messages), "'dropp' is not an XDP action: give aborted"),
	   "which one is none, and those there are");
	check_chosen("", NULL, -EINVAL, 0);
	check_chosen("XDP_", NULL, -EINVAL, 0);
	check_chosen("XDP_UNKNOWN", NULL, -EINVAL, 0);

	device.watch.current.totals[XDP_PASS] = (struct datarec){ 4, 256 };
	device.watch.totals[XDP_PASS] = (struct datarec){ 4, 256 };
	capture_view(&device, &drops, false, text, sizeof(text));
	ok(strstr(text, "XDP_DROP") && !strstr(text, "XDP_PASS"), "only what is not hidden");
	capture_view(&device, &drops, true, text, sizeof(text));
	ok(strstr(text, "XDP_DROP") && strstr(text, "shown") && !strstr(text, "4 pkts") &&
		   !strstr(text, "all"),
	   "in the totals too, and in their sum");
}

static void check_report(void)
{
	struct stats_device device = { .watch.generation = 1 };
	struct stats_watch *watch = &device.watch;
	char text[4096];

	watch->current.totals[XDP_PASS] = (struct datarec){ 1234567, 64999 };
	capture(&device, false, text, sizeof(text));
	ok(strstr(text, "1,234,567 pkts") && strstr(text, "64 Kbytes"), "counters of one read");
	ok(!strstr(text, "pps"), "one read has no rates");

	watch->period = 0.5;
	watch->counted[XDP_PASS] = (struct datarec){ 1000, 1000000 };
	capture(&device, false, text, sizeof(text));
	ok(strstr(text, "2,000 pps") != NULL, "packets a second");
	ok(strstr(text, "16.000 Mbit/s") != NULL, "and megabits");
	ok(strstr(text, "period:0.500000") != NULL, "and the period that they are of");

	watch->totals[XDP_PASS] = (struct datarec){ 5, 5000 };
	watch->totals[XDP_TX] = (struct datarec){ 7, 7000 };
	capture(&device, true, text, sizeof(text));
	ok(strstr(text, "1 map:") && !strstr(text, "1 maps"), "one map");
	ok(!strstr(text, "XDP_DROP"), "an action without packets is not in the totals");
	ok(strstr(text, "12 pkts") && strstr(text, "12 Kbytes"), "all of them together");
	watch->generation = 3;
	capture(&device, true, text, sizeof(text));
	ok(strstr(text, "3 maps") != NULL, "three maps");
}

int main(void)
{
	check_numbers();
	if (setlocale(LC_ALL, "de_DE.UTF-8"))
		check_numbers();
	setlocale(LC_ALL, "C");
	check_report();
	check_actions();
	return tap_end();
}
