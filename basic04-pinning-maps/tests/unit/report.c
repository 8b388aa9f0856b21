// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report: numbers and times; report_put: what is scaled; report_text: a table of 72 columns. */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <string.h>

#include "report.h"
#include "report_put.h"
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

static void check_scaled(double value, const char *expected)
{
	char text[64] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	report_put_scaled(file, value, "B", 9);
	fclose(file);
	ok(strlen(text) == 9 && !strcmp(text + strspn(text, " "), expected), "%s is%s", expected,
	   text);
}

/* Where one unit ends and the next begins, and a digit behind the point goes. */
static void check_units(void)
{
	check_scaled(0, "0 B");
	check_scaled(0.004, "0.00 B");
	check_scaled(0.5, "0.50 B");
	check_scaled(9.994, "9.99 B");
	check_scaled(9.996, "10.0 B");
	check_scaled(99.94, "99.9 B");
	check_scaled(99.96, "100 B");
	check_scaled(999, "999 B");
	check_scaled(999.6, "1.00 kB");
	check_scaled(1000, "1.00 kB");
	check_scaled(9999, "10.0 kB");
	check_scaled(99949, "99.9 kB");
	check_scaled(99951, "100 kB");
	check_scaled(999499, "999 kB");
	check_scaled(999501, "1.00 MB");
	check_scaled(1234567890, "1.23 GB");
	check_scaled(1e12, "1.00 TB");
	check_scaled(1e15, "1.00 PB");
	check_scaled(0x1p64, "18.4 EB");
	check_scaled(8e18 * 1e6, "8.00 YB");
}

/* What the text report prints goes to a file, and then to @text. */
static void capture_view(const struct stats_device *device, const struct report_view *view,
			 bool totals, char *text, size_t size)
{
	struct datarec cpus[2 * XDP_ACTION_MAX] = { [2 * XDP_PASS] = { ULLONG_MAX, ULLONG_MAX } };
	const struct stats_buffer buffer = { .cpus = 2, .values = cpus };

	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	size_t len = 0;

	fflush(stdout);
	if (file && dup2(fileno(file), STDOUT_FILENO) >= 0) {
		if (totals)
			report_text.totals(device, view);
		else
			report_text.round(device, view);
		if (file && !totals)
			report_text.device(device, &buffer, view);
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
	ok(strstr(text, "XDP_DROP") && strstr(text, "shown") && !strstr(text, "256 B") &&
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
	ok(strstr(text, " 1,234,567  65.0 kB\n"), "counters of one read");
	ok(!strstr(text, "pps"), "one read has no rates");

	watch->period = 0.5;
	watch->counted[XDP_PASS] = (struct datarec){ 1000, 1000000 };
	capture(&device, false, text, sizeof(text));
	ok(strstr(text, " 2.00 kpps  16.0 Mbit/s\n") != NULL, "packets and bits a second");
	ok(strstr(text, "  period 0.500 s  ") != NULL, "and the period that they are of");

	watch->totals[XDP_PASS] = (struct datarec){ 5, 5000 };
	watch->totals[XDP_TX] = (struct datarec){ 7, 7000 };
	capture(&device, true, text, sizeof(text));
	ok(strstr(text, "1 map ") && !strstr(text, "1 maps"), "one map");
	ok(!strstr(text, "XDP_DROP"), "an action without packets is not in the totals");
	ok(strstr(text, " 12  12.0 kB\n") != NULL, "all of them together");
	watch->generation = 3;
	capture(&device, true, text, sizeof(text));
	ok(strstr(text, "3 maps") != NULL, "three maps");
}

/* The columns of the widest line. */
static size_t widest(const char *text)
{
	size_t length, most = 0;

	for (; *text; text += length + !!text[length]) {
		length = strcspn(text, "\n");
		most = length > most ? length : most;
	}
	return most;
}

/* How many lines are as wide as the widest. */
static int count_aligned(const char *text)
{
	const size_t most = widest(text);
	size_t length;
	int count = 0;

	for (; *text; text += length + !!text[length]) {
		length = strcspn(text, "\n");
		count += length == most;
	}
	return count;
}

static void device_fill(struct stats_device *device, unsigned long long packets,
			unsigned long long bytes)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec counted = { packets >> action, bytes >> action };

		device->watch.current.totals[action] = counted;
		device->watch.counted[action] = counted;
		device->watch.totals[action] = (struct datarec){ action ? 0 : packets, bytes };
	}
}

static void check_widths(void)
{
	static const unsigned long long numbers[] = { 0,
						      1,
						      999,
						      9999,
						      10000,
						      999949,
						      999950,
						      99999999999ULL,
						      1000000000000000ULL,
						      ULLONG_MAX / 2,
						      ULLONG_MAX };
	static const double periods[] = { 1e-3, 0.5, 2, 99.99, 9999 * 86400.0 };
	static char name[] = "abcdefghijklmno", netns[] = "a-namespace-of-a-long-name";
	struct stats_device device = { .watch = { .generation = 1, .path = "/sys/fs/bpf/x" } };
	size_t n, p, i, worst = 0;
	char text[8192];
	int broken = 0, crooked = 0;

	for (n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++)
		for (p = 0; p < sizeof(periods) / sizeof(periods[0]); p++)
			for (i = 0; i < 16; i++) {
				const struct report_view view = { .multi_device = i & 1,
								  .per_cpu = i & 2,
								  .exact = i & 4 };
				const bool is_exact = i & 4;

				device.device = name;
				device.netns = i & 8 ? netns : NULL;
				device.watch.period = periods[p];
				device.watch.generation = i & 8 ? UINT_MAX : 1;
				device_fill(&device, numbers[n], numbers[n]);
				capture_view(&device, &view, false, text, sizeof(text));
				worst = !is_exact && widest(text) > worst ? widest(text) : worst;
				/* The row with the names, and one for each action. */
				crooked += !(i & 1) && count_aligned(text) != 1 + XDP_ACTION_MAX;
				broken += numbers[n] == ULLONG_MAX &&
					  !strstr(text, " 18,446,744,073,709,551,615 ");
				capture_view(&device, &view, true, text, sizeof(text));
				worst = !is_exact && widest(text) > worst ? widest(text) : worst;
			}
	ok(worst == 72, "no line is wider than 72 columns, and the widest has them: %zu", worst);
	ok(!broken, "no digit of a packet is lost in any of them");
	ok(!crooked, "one device's rows all end in one column, scaled or exact");
}

/* How many devices there are decides which actions are shown. */
static void check_actions_shown(void)
{
	static char name[] = "eth0";
	struct stats_device device = { .device = name, .watch = { .generation = 1, .period = 1 } };
	const struct report_view several = { .multi_device = true };
	const struct report_view drops = { .multi_device = true, .hidden = ~(1U << XDP_DROP) };
	char text[4096];

	capture_view(&device, &several, false, text, sizeof(text));
	ok(strstr(text, "\neth0            -   ") && !strstr(text, "XDP_"), "nothing counted yet");
	device.watch.current.totals[XDP_TX] = (struct datarec){ 5, 1234 };
	capture_view(&device, &several, false, text, sizeof(text));
	ok(strstr(text, "\neth0            XDP_TX  ") && strstr(text, " 5 1,234 B ") &&
		   !strstr(text, "XDP_PASS"),
	   "of several devices only what has counted");
	capture_view(&device, &drops, false, text, sizeof(text));
	ok(strstr(text, "\neth0            XDP_DROP ") && !strstr(text, "XDP_TX"),
	   "and what was asked for");
	capture(&device, false, text, sizeof(text));
	ok(strstr(text, "\nXDP_ABORTED ") && strstr(text, "\nXDP_DROP ") &&
		   strstr(text, "\nXDP_PASS ") && strstr(text, "\nXDP_TX ") &&
		   strstr(text, "\nXDP_REDIRECT ") && !strstr(text, "eth0"),
	   "of one device all five");
}

static void check_exact(void)
{
	const struct report_view view = { .exact = true };
	struct stats_device device = { .watch = { .generation = 1, .period = 2.0000005 } };
	char text[4096];

	device.watch.current.totals[XDP_PASS] = (struct datarec){ 5, 98765432 };
	device.watch.counted[XDP_PASS] = (struct datarec){ 2469136, 24691360 };
	capture_view(&device, &view, false, text, sizeof(text));
	ok(strstr(text, " 98,765,432 B ") && strstr(text, " 1,234,568 pps ") &&
		   strstr(text, " 98,765,415 bit/s\n"),
	   "--exact scales neither bytes nor rates");
	ok(strstr(text, "  period 2.000001 s ") || strstr(text, "  period 2.000000 s "),
	   "and has the period to the microsecond");
}

/* Rounding may make a number longer by a digit: then it has one decimal less. */
static void check_periods(void)
{
	static const struct {
		double period;
		const char *expected;
	} cases[] = {
		{ 0.9994, "  period 0.999 s " }, { 0.9996, "  period 1.00 s " },
		{ 1, "  period 1.00 s " },	 { 99.994, "  period 99.99 s " },
		{ 99.996, "  period 100 s " },	 { 100, "  period 100 s " },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stats_device device = { .watch = { .generation = 1,
							  .period = cases[i].period } };
		char text[4096];

		capture(&device, false, text, sizeof(text));
		ok(strstr(text, cases[i].expected) != NULL, "%g s is%s", cases[i].period,
		   cases[i].expected);
	}
}

int main(void)
{
	check_numbers();
	check_units();
	check_widths();
	check_actions_shown();
	check_exact();
	check_periods();
	if (setlocale(LC_ALL, "de_DE.UTF-8"))
		check_numbers();
	setlocale(LC_ALL, "C");
	check_report();
	check_actions();
	return tap_end();
}
