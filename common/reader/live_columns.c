// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_columns.h"

#include <stdio.h>
#include <string.h>

#include "action.h"
#include "units.h"

#define NAME_MIN 6   /* as wide as its title */
#define NAME_WISH 20 /* other columns are left out to give names this much */
#define NAME_MOST 40
#define PACKETS_MIN 11 /* 999,999,999: so it seldom grows */
#define PAST_MIN 9     /* its title, at the least: "max 1.49M" */
#define DAY 86400

const struct live_column_def live_column_defs[COLUMN_COUNT] = {
	[COLUMN_NAME] = { "DEVICE", NAME_MIN, true, LIVE_BY_NAME },
	[COLUMN_ACTION] = { "ACTION", 12, true, LIVE_SORTS },
	[COLUMN_ACTION_SHORT] = { "ACTION", 8, true, LIVE_SORTS },
	[COLUMN_ACTION_LETTERS] = { "ACT", 4, true, LIVE_SORTS },
	[COLUMN_PACKETS] = { "PACKETS", PACKETS_MIN, false, LIVE_BY_PACKETS },
	[COLUMN_PACKETS_SHORT] = { "PKTS", 5, false, LIVE_BY_PACKETS },
	[COLUMN_RATE] = { "RATE", 9, false, LIVE_BY_RATE },
	[COLUMN_RATE_SHORT] = { "PPS", 5, false, LIVE_BY_RATE },
	[COLUMN_BITS] = { "BIT RATE", 11, false, LIVE_BY_BITS },
	[COLUMN_COST] = { "NS/PKT", 6, false, LIVE_SORTS },
	[COLUMN_SHARE] = { "CPU", 6, false, LIVE_SORTS },
	[COLUMN_SINCE] = { "SINCE", 8, true, LIVE_SORTS },
	[COLUMN_PAST] = { "", PAST_MIN, true, LIVE_SORTS },
};

/* From the widest to the narrowest. The first one that fits is used; the last one always fits, as
 * names are cut.
 */
static const enum live_column layouts[][LIVE_COLUMNS_MAX] = {
	{ COLUMN_NAME, COLUMN_ACTION, COLUMN_PACKETS, COLUMN_RATE, COLUMN_BITS, COLUMN_COST,
	  COLUMN_SHARE, COLUMN_SINCE, COLUMN_PAST },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_PACKETS, COLUMN_RATE, COLUMN_BITS, COLUMN_COST,
	  COLUMN_SHARE, COLUMN_SINCE, COLUMN_PAST },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_PACKETS, COLUMN_RATE, COLUMN_COST, COLUMN_SHARE,
	  COLUMN_SINCE, COLUMN_PAST },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_PACKETS, COLUMN_RATE, COLUMN_COST, COLUMN_SHARE,
	  COLUMN_SINCE },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_PACKETS, COLUMN_RATE, COLUMN_COST,
	  COLUMN_SHARE },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_PACKETS_SHORT, COLUMN_RATE, COLUMN_COST },
	{ COLUMN_NAME, COLUMN_ACTION_SHORT, COLUMN_RATE },
	{ COLUMN_NAME, COLUMN_ACTION_LETTERS, COLUMN_RATE_SHORT },
};

/* Of the largest number: the sum may have wrapped. */
static int packets_width(const struct live_rows *rows)
{
	__u64 most = rows->total.counted.rx_packets;
	char text[REPORT_NUMBER_SIZE];
	size_t i;
	int width;

	for (i = 0; i < rows->count; i++)
		if (rows->rows[i].counted.rx_packets > most)
			most = rows->rows[i].counted.rx_packets;
	width = (int)strlen(report_number(text, most));
	return width > PACKETS_MIN ? width : PACKETS_MIN;
}

static int least_width(enum live_column column, const struct live_rows *rows)
{
	int name = rows->name_width < NAME_WISH ? rows->name_width : NAME_WISH;

	if (column == COLUMN_NAME)
		return name > NAME_MIN ? name : NAME_MIN;
	return column == COLUMN_PACKETS ? packets_width(rows) : live_column_defs[column].width;
}

static bool is_cost(enum live_column column)
{
	return column == COLUMN_COST || column == COLUMN_SHARE;
}

/* Takes the columns of @layout as narrow as they may be. Returns the width that is left over. */
static int take_layout(struct live_columns *columns, const enum live_column *layout,
		       const struct live_rows *rows, int width)
{
	int i, count = 0;

	for (i = 0; i < LIVE_COLUMNS_MAX && layout[i] != COLUMN_END; i++) {
		if (is_cost(layout[i]) && !rows->has_cost)
			continue;
		columns->shown[count].column = layout[i];
		columns->shown[count].width = least_width(layout[i], rows);
		width -= columns->shown[count].width + (count > 0);
		count++;
	}
	columns->count = count;
	return width;
}

/* Gives the @left width to the names, as much as the longest one needs, then to the sparklines. */
static void spread(struct live_columns *columns, const struct live_rows *rows, int left)
{
	int i, at = 0;

	for (i = 0; i < columns->count; i++) {
		int width = columns->shown[i].width, most = width;

		if (columns->shown[i].column == COLUMN_NAME && rows->name_width > width)
			most = rows->name_width < NAME_MOST ? rows->name_width : NAME_MOST;
		else if (columns->shown[i].column == COLUMN_PAST)
			most = LIVE_ROUNDS;
		if (left < 0 && i == 0)
			most = width + left < 1 ? 1 : width + left;
		else if (width + left < most)
			most = width + left;
		left -= most - width;
		columns->shown[i].width = most;
		columns->shown[i].at = at;
		at += most + 1;
	}
}

void live_columns_choose(struct live_columns *columns, const struct live_rows *rows, int width)
{
	size_t i;
	int left = -1;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]) && left < 0; i++)
		left = take_layout(columns, layouts[i], rows, width);
	spread(columns, rows, left);
}

/* The time of day; or, if that is a day ago, the date, which is not wider. */
static void put_since(char *text, time_t since, time_t now)
{
	struct tm parts;
	const char *format = "%H:%M:%S";

	if (now - since >= 300 * (time_t)DAY)
		format = "%Y-%m";
	else if (now - since >= DAY)
		format = "%b %d";
	strftime(text, LIVE_CELL_SIZE, format, localtime_r(&since, &parts));
}

static const char *action_text(enum live_column column, const struct live_row *row)
{
	static const char *const letters[XDP_ACTION_MAX] = { "ABRT", "DROP", "PASS", "TX", "RDIR" };

	if (!row->device)
		return "all";
	if (row->action >= XDP_ACTION_MAX)
		return "-";
	if (column == COLUMN_ACTION_LETTERS)
		return letters[row->action];
	return action_name(row->action) + (column == COLUMN_ACTION ? 0 : strlen("XDP_"));
}

/* What the program of the row's device costs; the sum has the share alone. */
static const char *cost_text(char *text, enum live_column column, const struct live_row *row)
{
	const struct stats_device *device = row->device;
	double ns;

	if (row->cpu >= 0 || (!device && column == COLUMN_COST))
		return "";
	if (column == COLUMN_SHARE && row->share < 0)
		return "-";
	if (column == COLUMN_SHARE) {
		snprintf(text, LIVE_CELL_SIZE, "%.*f%%",
			 row->share < 10     ? 2 :
			 row->share < 999.95 ? 1 :
					       0,
			 row->share);
		return text;
	}
	ns = program_runs_ns(program_cost_recent(&device->cost, device->watch.period));
	if (ns < 0)
		return "-";
	if (ns < 10000)
		snprintf(text, LIVE_CELL_SIZE, "%.*f", ns < 100, ns);
	else
		units_scaled_bare(text, ns);
	return text;
}

const char *live_column_text(char *text, enum live_column column, const struct live_row *row,
			     time_t now)
{
	const bool is_cpu = row->cpu >= 0;

	text[0] = '\0';
	if (live_column_is_action(column))
		return is_cpu ? text : action_text(column, row);
	if (is_cost(column))
		return cost_text(text, column, row);
	switch (column) {
	case COLUMN_PACKETS:
		return report_number(text, row->counted.rx_packets);
	case COLUMN_PACKETS_SHORT:
		return row->counted.rx_packets < UNITS_SCALED_FROM ?
			       report_number(text, row->counted.rx_packets) :
			       units_scaled_bare(text, (double)row->counted.rx_packets);
	case COLUMN_RATE:
		return row->rate.pps < 0 ? "-" : units_scaled(text, row->rate.pps, "pps");
	case COLUMN_RATE_SHORT:
		return row->rate.pps < 0 ? "-" : units_scaled_bare(text, row->rate.pps);
	case COLUMN_BITS:
		return is_cpu ? text : units_scaled(text, row->rate.bps, "bit/s");
	case COLUMN_SINCE:
		if (row->device && !is_cpu)
			put_since(text, row->device->watch.made.tv_sec, now);
		return text;
	default:
		return text;
	}
}
