// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_screen.h"

#ifdef HAVE_CURSES

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "live_columns.h"
#include "live_help.h"
#include "terminal.h"
#include "terminal_text.h"
#include "units.h"

/* The lines that a terminal must have for each of these to be shown. */
#define LINES_KEYS 4
#define LINES_TITLE 5
#define LINES_TOTAL 8
#define LINES_MESSAGE 10 /* of more than one line */
#define LINES_DROPS 12
#define MESSAGE_LINES 3

static const char *const sort_names[LIVE_SORTS] = { "rate", "bit rate", "packets", "name" };

/* ---------------------------------------------------------------- lines */

static bool has(int least_lines)
{
	return terminal_lines() >= least_lines;
}

/* All lines except those of the rows and of the message. */
static int frame_height(void)
{
	return has(LINES_TITLE) + has(LINES_DROPS) + 1 + has(LINES_TOTAL) + has(LINES_KEYS);
}

static int message_height(const struct live_screen *screen)
{
	int height = terminal_wrap(0, 0, 0, screen->message);
	int most = MESSAGE_LINES;

	if (!has(LINES_MESSAGE)) /* the lines that rows leave free, or one */
		most = terminal_lines() - frame_height() - (int)screen->rows.count;
	most = most > MESSAGE_LINES ? MESSAGE_LINES : most < 1 ? 1 : most;
	return height < most ? height : most;
}

int live_screen_height(const struct live_screen *screen)
{
	int height = terminal_lines() - frame_height() - message_height(screen);

	return height > 0 ? height : 0;
}

static void keep_in_range(struct live_screen *screen)
{
	size_t height = live_screen_height(screen);
	size_t last = screen->rows.count > height ? screen->rows.count - height : 0;

	if (screen->top > last)
		screen->top = last;
}

/* ---------------------------------------------------------------- the title and the keys */

/* Where the next piece of a line goes, and where it must end. */
struct pen {
	int line, at, end;
};

/* Draws a text and moves the pen behind it. False if there is no room: then nothing is drawn. */
__attribute__((format(printf, 3, 4))) static bool draw_piece(struct pen *pen, int look,
							     const char *format, ...)
{
	char text[ESCAPE_SIZE];
	va_list args;
	int width;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	width = terminal_width(text);
	if (pen->at + width > pen->end)
		return false;
	curses.attron(look);
	terminal_put(pen->line, pen->at, width, text);
	curses.attroff(look);
	pen->at += width + 2;
	return true;
}

static void draw_title(const struct live_screen *screen)
{
	const size_t count = screen->rows.count, height = live_screen_height(screen);
	const size_t last = screen->top + height < count ? screen->top + height : count;
	struct pen pen = { .line = 0, .end = terminal_columns() };
	char clock[16], filter[4 * LIVE_FILTER_SIZE];
	struct tm parts;

	if (screen->is_paused)
		draw_piece(&pen, A_REVERSE, "PAUSED");
	pen.end -= (int)sizeof("00:00:00");
	draw_piece(&pen, A_BOLD, "xdp_stats");
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&screen->read_at, &parts));
	if (pen.end + 1 >= pen.at)
		terminal_put(0, pen.end + 1, (int)strlen(clock), clock);
	draw_piece(&pen, A_NORMAL, "%zu device%s", screen->rows.devices,
		   screen->rows.devices == 1 ? "" : "s");
	draw_piece(&pen, A_NORMAL, "every %.3g s", screen->interval);
	if (*screen->choice.filter)
		draw_piece(&pen, A_BOLD, "only '%s'",
			   escape_text(filter, sizeof(filter), screen->choice.filter));
	if (height < count)
		draw_piece(&pen, A_NORMAL, "rows %zu-%zu of %zu", screen->top + 1, last, count);
	else
		draw_piece(&pen, A_NORMAL, "%zu row%s", count, count == 1 ? "" : "s");
}

/* How much of what the device has counted it has dropped: in the last period, or if it drops
 * nothing now, in all.
 */
static double drops_of_all(const struct live_row *worst)
{
	const struct stats_watch *watch = &worst->device->watch;
	bool is_now = worst->rate.pps > 0;
	unsigned long long all = 0;
	int i;

	for (i = 0; i < XDP_ACTION_MAX; i++)
		all += is_now ? watch->counted[i].rx_packets : watch->current.totals[i].rx_packets;
	if (!all)
		return 0;
	return (is_now ? watch->counted[worst->action].rx_packets : worst->counted.rx_packets) /
	       (double)all;
}

/* Which device drops most, how much of its packets, and since when: what does not fit is left out.
 */
static void draw_drops(const struct live_screen *screen)
{
	const struct live_row *worst = &screen->rows.worst;
	struct pen pen = { .line = 1, .end = terminal_columns() };
	char cell[LIVE_CELL_SIZE], rate[UNITS_SIZE];
	double share;

	if (!worst->device) {
		draw_piece(&pen, A_NORMAL, "no drops counted");
		return;
	}
	share = drops_of_all(worst);
	draw_piece(&pen, A_NORMAL, worst->rate.pps > 0 ? "drops most:" : "dropped most:");
	pen.at--;
	draw_piece(&pen, A_BOLD, "%s", worst->device->past->name);
	units_scaled(rate, worst->rate.pps, "pps");
	draw_piece(&pen, A_BOLD, "%s", worst->rate.pps > 0 ? rate : "none now");
	draw_piece(&pen, A_NORMAL, "%.*f %% of all", share < 0.1 ? 1 : 0, 100 * share);
	draw_piece(&pen, A_NORMAL, "%s counted",
		   live_column_text(cell, COLUMN_PACKETS, worst, screen->read_at));
	pen.at--;
	draw_piece(&pen, A_NORMAL, "since %s",
		   live_column_text(cell, COLUMN_SINCE, worst, screen->read_at));
}

/* If it is too long, its end is shown: that is what is being typed. */
static void draw_prompt(const struct live_screen *screen)
{
	char text[5 * LIVE_FILTER_SIZE], filter[4 * LIVE_FILTER_SIZE];
	struct pen pen = { .line = terminal_lines() - 1, .end = terminal_columns() };

	escape_text(filter, sizeof(filter), screen->choice.filter);
	snprintf(text, sizeof(text), "filter: %s_", filter);
	if (!draw_piece(&pen, A_BOLD, "%s", text)) {
		terminal_put(pen.line, 0, pen.end, terminal_tail(text, pen.end));
		return;
	}
	draw_piece(&pen, A_NORMAL, "Enter: keep it");
	draw_piece(&pen, A_NORMAL, "Esc: show all");
}

/* The most needed first: if there is no room for a key, it and those after it are left out. */
static void draw_keys(const struct live_screen *screen)
{
	char sort[32];
	const struct {
		const char *key, *text;
	} keys[] = {
		{ "q", "quit" },
		{ "?", "help" },
		{ "s", sort },
		{ "/", "filter" },
		{ "Esc", *screen->choice.filter ? "show all" : NULL },
		{ "c", "CPUs" },
		{ "space", screen->is_paused ? "resume" : "pause" },
		{ "+", "faster" },
		{ "-", "slower" },
	};
	struct pen pen = { .line = terminal_lines() - 1, .end = terminal_columns() };
	size_t i;

	snprintf(sort, sizeof(sort), "sort: %s", sort_names[screen->choice.sort]);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!keys[i].text)
			continue;
		if (pen.at + (int)(strlen(keys[i].key) + 1 + strlen(keys[i].text)) > pen.end)
			break;
		draw_piece(&pen, A_BOLD, "%s", keys[i].key);
		pen.at--;
		draw_piece(&pen, A_NORMAL, "%s", keys[i].text);
	}
}

/* ---------------------------------------------------------------- the table */

static int action_look(__u32 action)
{
	static const short colours[XDP_ACTION_MAX] = {
		[XDP_ABORTED] = COLOR_MAGENTA, [XDP_DROP] = COLOR_RED,
		[XDP_PASS] = COLOR_GREEN,      [XDP_TX] = COLOR_CYAN,
		[XDP_REDIRECT] = COLOR_CYAN,
	};

	return action < XDP_ACTION_MAX ? terminal_colour(colours[action]) : 0;
}

/* The latest round on the right. */
static void draw_sparkline(const struct live_rounds *rounds, const struct live_row *row, int width,
			   float highest)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[] = { " ", "_", ".", "-", "=", "+", "*", "%", "#" };
	const char *const *steps = terminal_has_utf8() ? blocks : plain;

	for (; width > 0; width--) {
		float value = live_past_rate(row->device->past, rounds, row->action, width);
		int step = highest > 0 ? (int)(value / highest * 8 + 0.5F) : 0;

		curses.addstr(steps[value > 0 && !step ? 1 : step]);
	}
}

/* Draws @text in column @n, on the side that the column is aligned to. */
static void draw_cell(const struct live_columns *columns, int n, int line, const char *text)
{
	const enum live_column column = columns->shown[n].column;
	int at = columns->shown[n].at, width = columns->shown[n].width;

	if (!live_column_defs[column].is_left)
		at += width - terminal_width(text);
	if (column == COLUMN_NAME)
		terminal_put_name(line, at, width, text);
	else
		terminal_put(line, at, width, text);
}

/* The name of a device whose pin is gone is in parentheses, not only dim. */
static void print_name(char *text, size_t size, const struct live_row *row)
{
	if (!row->device)
		snprintf(text, size, "TOTAL");
	else if (row->cpu >= 0)
		live_row_cpu(text, row);
	else if (row->device->watch.pinned)
		snprintf(text, size, "%s", row->device->past->name);
	else
		snprintf(text, size, "(%s)", row->device->past->name);
}

static void draw_row(const struct live_screen *screen, const struct live_columns *columns,
		     const struct live_row *row, int line, float highest)
{
	char name[ESCAPE_SIZE], text[LIVE_CELL_SIZE];
	const char *cell;
	int i;

	print_name(name, sizeof(name), row);
	for (i = 0; i < columns->count; i++) {
		const enum live_column column = columns->shown[i].column;

		cell = live_column_text(text, column, row, screen->read_at);
		if (live_column_is_action(column) || column == COLUMN_PAST)
			curses.attron(action_look(row->action));
		draw_cell(columns, i, line, column == COLUMN_NAME ? name : cell);
		if (column == COLUMN_PAST && row->action < XDP_ACTION_MAX && row->cpu < 0)
			draw_sparkline(&screen->rounds, row, columns->shown[i].width, highest);
		curses.attroff(action_look(row->action));
	}
}

/* The highest rate in any sparkline of @width rounds on the screen. */
static float highest_shown(const struct live_screen *screen, int height, int width)
{
	float highest = 0, value;
	size_t i;
	int back;

	for (i = screen->top; i < screen->rows.count && i < screen->top + height; i++) {
		const struct live_row *row = &screen->rows.rows[i];

		for (back = 1; back <= width && row->action < XDP_ACTION_MAX; back++) {
			value = live_past_rate(row->device->past, &screen->rounds, row->action,
					       back);
			highest = value > highest ? value : highest;
		}
	}
	return highest;
}

/* As much as there is room for: "last 2 min, max 1.49 Mpps". */
static void print_past_title(char *text, size_t size, const struct live_rounds *rounds, int width,
			     float highest)
{
	char scaled[UNITS_SIZE], bare[UNITS_SIZE];
	int seconds = (int)(live_rounds_seconds(rounds, width) + 0.5);

	units_scaled(scaled, highest, "pps");
	if (seconds < 120)
		snprintf(text, size, "last %d s, max %s", seconds, scaled);
	else
		snprintf(text, size, "last %d min, max %s", (seconds + 30) / 60, scaled);
	if ((int)strlen(text) > width)
		snprintf(text, size, "max %s", scaled);
	units_scaled_bare(bare, highest);
	if ((int)strlen(text) > width)
		snprintf(text, size, "max %spps", bare);
	if ((int)strlen(text) > width)
		snprintf(text, size, "max %s", bare);
}

static void draw_head(const struct live_screen *screen, const struct live_columns *columns,
		      int line, float highest)
{
	char past[64];
	int i;

	curses.attron(A_REVERSE);
	curses.mvhline(line, 0, ' ' | A_REVERSE, terminal_columns());
	for (i = 0; i < columns->count; i++) {
		const enum live_column column = columns->shown[i].column;

		if (column == COLUMN_PAST)
			print_past_title(past, sizeof(past), &screen->rounds,
					 columns->shown[i].width, highest);
		if (live_column_defs[column].sort == screen->choice.sort)
			curses.attron(A_BOLD | A_UNDERLINE);
		draw_cell(columns, i, line,
			  column == COLUMN_PAST ? past : live_column_defs[column].title);
		curses.attroff(A_BOLD | A_UNDERLINE);
	}
	curses.attroff(A_REVERSE);
}

static void draw_table(const struct live_screen *screen)
{
	int height = live_screen_height(screen), last, i;
	int line = has(LINES_TITLE) + has(LINES_DROPS);
	struct live_columns columns;
	float highest;

	live_columns_choose(&columns, &screen->rows, terminal_columns());
	last = columns.count - 1;
	highest = columns.shown[last].column == COLUMN_PAST ?
			  highest_shown(screen, height, columns.shown[last].width) :
			  0;
	draw_head(screen, &columns, line++, highest);
	if (has(LINES_TOTAL)) {
		curses.attron(A_BOLD);
		draw_row(screen, &columns, &screen->rows.total, line++, highest);
		curses.attroff(A_BOLD);
	}
	for (i = 0; i < height && screen->top + i < screen->rows.count; i++)
		draw_row(screen, &columns, &screen->rows.rows[screen->top + i], line++, highest);
	if (!screen->rows.count && height)
		terminal_put(line, 0, terminal_columns(),
			     *screen->choice.filter ? "no row contains that; Esc shows all" :
						      "nothing is counted yet");
}

/* ---------------------------------------------------------------- all of it */

void live_screen_draw(struct live_screen *screen)
{
	int bottom = terminal_lines() - has(LINES_KEYS);

	curses.erase();
	if (screen->is_help) {
		live_help_draw(&screen->help_top);
		curses.refresh();
		return;
	}
	keep_in_range(screen);
	draw_table(screen);
	if (has(LINES_TITLE))
		draw_title(screen);
	if (has(LINES_DROPS))
		draw_drops(screen);
	curses.attron(A_BOLD);
	terminal_wrap(bottom - message_height(screen), bottom, 0, screen->message);
	curses.attroff(A_BOLD);
	if (has(LINES_KEYS) && screen->is_typing)
		draw_prompt(screen);
	else if (has(LINES_KEYS))
		draw_keys(screen);
	curses.refresh();
}

#endif
