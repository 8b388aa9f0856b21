// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "action.h"
#include "escape.h"
#include "json_line.h"
#include "log.h"

const struct report *report_find(const char *name)
{
	static const struct report *const reports[] = {
		&report_text,
		&report_json,
		&report_csv,
		&report_openmetrics,
	};
	size_t i;

	for (i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
		if (strcmp(reports[i]->name, name))
			continue;
		return reports[i] == &report_json && json_line_check() ? NULL : reports[i];
	}
	log_error("'%s' is not a format: give text, json, csv or openmetrics", name);
	return NULL;
}

int report_choose_actions(const char *const *names, size_t count, struct report_view *view)
{
	__u32 shown = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int action = action_parse(names[i]);

		if (action < 0)
			return action;
		shown |= 1U << action;
	}
	view->hidden = count ? ~shown : 0;
	return 0;
}

const char *report_name(const struct stats_device *device)
{
	return device->device ? device->device : device->watch.path;
}

const char *report_full_name(const struct stats_device *device, char *text)
{
	char name[2 * PATH_MAX];

	snprintf(name, sizeof(name), "%s%s%s", device->netns ? device->netns : "",
		 device->netns ? "/" : "", report_name(device));
	return escape_text(text, ESCAPE_SIZE, name);
}

bool report_has_counted(const struct datarec *counters)
{
	return counters->rx_packets || counters->rx_bytes;
}

const char *report_reason(const struct stats_watch *watch)
{
	return watch->generation == 1 ? "start" : "another map";
}

bool report_shows(const struct stats_device *device)
{
	return device->watch.generation && (device->watch.pinned || !device->found);
}

char *report_number(char *text, unsigned long long value)
{
	char reversed[REPORT_NUMBER_SIZE];
	int length = 0, digits = 0;
	char *out = text;

	do {
		if (digits && digits % 3 == 0)
			reversed[length++] = ',';
		reversed[length++] = '0' + value % 10;
		value /= 10;
		digits++;
	} while (value);
	while (length)
		*out++ = reversed[--length];
	*out = '\0';
	return text;
}

char *report_cost(char *text, const struct program_runs *runs, double period)
{
	const double ns = program_runs_ns(runs), percent = 100 * program_runs_cpu(runs, period);
	int length;

	if (ns < 0)
		return strcpy(text, "-");
	if (ns < 10000)
		length = snprintf(text, REPORT_COST_SIZE, "%.*f ns a packet", ns < 100, ns);
	else
		length = snprintf(text, REPORT_COST_SIZE, "%.1f us a packet", ns / 1000);
	if (percent >= 0.01)
		snprintf(text + length, REPORT_COST_SIZE - length, ", %.2f %% of a CPU", percent);
	else if (period > 0)
		snprintf(text + length, REPORT_COST_SIZE - length, ", under 0.01 %% of a CPU");
	return text;
}

/* All @width digits of a number, and what comes after them. */
static char *print_part(char *to, long number, int width, char after)
{
	int i;

	for (i = width; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	to[width] = after;
	return to + width + 1;
}

/* Twice for each device and round: strftime() and snprintf() would take three times as long. */
char *report_time(char *text, const struct timespec *time)
{
	char *end = text;
	struct tm parts;

	gmtime_r(&time->tv_sec, &parts);
	end = print_part(end, parts.tm_year + 1900, 4, '-');
	end = print_part(end, parts.tm_mon + 1, 2, '-');
	end = print_part(end, parts.tm_mday, 2, 'T');
	end = print_part(end, parts.tm_hour, 2, ':');
	end = print_part(end, parts.tm_min, 2, ':');
	end = print_part(end, parts.tm_sec, 2, '.');
	end = print_part(end, time->tv_nsec / 1000, 6, 'Z');
	*end = '\0';
	return text;
}
