// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_screen.h"

#ifdef HAVE_CURSES

#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "live_columns.h"
#include "live_help.h"
#include "terminal.h"
#include "terminal_text.h"
#include "units.h"

/* What a low terminal does without, from these heights down. */
#define LINES_KEYS 4
#define LINES_TITLE 5
#define LINES_TOTAL 8
#define LINES_MESSAGE 10 /* of more than one line */
#define LINES_DROPS 12
#define MESSAGE_LINES 3

static const char *const sort_names[LIVE_SORTS] = { "rate", "bit rate", "packets", "name" };

/* ---------------------------------------------------------------- lines */

static int head_height(void)
{
	return (terminal_lines() >= LINES_TITLE) + (terminal_lines() >= LINES_DROPS) + 1 +
	       (terminal_lines() >= LINES_TOTAL);
}

static int message_height(const struct live_screen *screen)
{
	int height = terminal_wrap(0, 0, 0, screen->message);
	int most = MESSAGE_LINES;

	if (terminal_lines() < LINES_MESSAGE) /* the lines that rows leave free, or one */
		most = terminal_lines() - head_height() - (terminal_lines() >= LINES_KEYS) -
		       (int)screen->rows.count;
	most = most > MESSAGE_LINES ? MESSAGE_LINES : most < 1 ? 1 : most;
	return height < most ? height : most;
}

int live_screen_height(const struct live_screen *screen)
{
	int height = terminal_lines() - head_height() - message_height(screen) -
		     (terminal_lines() >= LINES_KEYS);

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

/* Draws @text at *@at, and moves it on, if that is left of @end. Whether it was. */
static bool draw_piece(int line, int *at, int end, int look, const char *text)
{
	int width = terminal_width(text);

	if (*at + width > end)
		return false;
	curses.attron(look);
	terminal_put(line, *at, width, text);
	curses.attroff(look);
	*at += width + 2;
	return true;
}

static void print_rows(char *text, size_t size, const struct live_screen *screen)
{
	size_t count = screen->rows.count, height = live_screen_height(screen);
	size_t last = screen->top + height < count ? screen->top + height : count;

	if (height < count)
		snprintf(text, size, "rows %zu-%zu of %zu", screen->top + 1, last, count);
	else
		snprintf(text, size, "%zu row%s", count, count == 1 ? "" : "s");
}

static void draw_title(const struct live_screen *screen)
{
	char text[ESCAPE_SIZE], clock[16], filter[4 * LIVE_FILTER_SIZE];
	const int end = terminal_columns() - (int)sizeof("00:00:00");
	struct tm parts;
	int at = 0;

	if (screen->is_paused)
		draw_piece(0, &at, terminal_columns(), A_REVERSE, "PAUSED");
	draw_piece(0, &at, end, A_BOLD, "xdp_stats");
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&screen->read_at, &parts));
	if (end + 1 >= at)
		curses.mvaddstr(0, end + 1, clock);
	snprintf(text, sizeof(text), "%zu device%s", screen->rows.devices,
		 screen->rows.devices == 1 ? "" : "s");
	draw_piece(0, &at, end, A_NORMAL, text);
	snprintf(text, sizeof(text), "every %.3g s", screen->interval);
	draw_piece(0, &at, end, A_NORMAL, text);
	if (*screen->choice.filter) {
		escape_text(filter, sizeof(filter), screen->choice.filter);
		snprintf(text, sizeof(text), "only '%s'", filter);
		draw_piece(0, &at, end, A_BOLD, text);
	}
	print_rows(text, sizeof(text), screen);
	draw_piece(0, &at, end, A_NORMAL, text);
}

/* Which device drops most, since when: what does not fit is left out. */
static void draw_drops(const struct live_screen *screen, int line)
{
	const struct live_row *worst = &screen->rows.worst;
	char text[LIVE_CELL_SIZE + 16], since[LIVE_CELL_SIZE], rate[UNITS_SIZE];
	int at = 0;

	if (!worst->device) {
		draw_piece(line, &at, terminal_columns(), A_NORMAL, "no drops counted");
		return;
	}
	draw_piece(line, &at, terminal_columns(), A_NORMAL,
		   worst->rate.pps > 0 ? "drops most:" : "dropped most:");
	at--;
	draw_piece(line, &at, terminal_columns(), A_BOLD, worst->device->past->name);
	units_scaled(rate, worst->rate.pps, "pps");
	draw_piece(line, &at, terminal_columns(), A_BOLD, worst->rate.pps > 0 ? rate : "none now");
	snprintf(text, sizeof(text), "%s packets",
		 live_column_text(since, COLUMN_PACKETS, worst, screen->read_at));
	draw_piece(line, &at, terminal_columns(), A_NORMAL, text);
	snprintf(text, sizeof(text), "since %s",
		 live_column_text(since, COLUMN_SINCE, worst, screen->read_at));
	draw_piece(line, &at, terminal_columns(), A_NORMAL, text);
}

static void draw_prompt(const struct live_screen *screen)
{
	char text[5 * LIVE_FILTER_SIZE], filter[4 * LIVE_FILTER_SIZE];
	int at = 0;

	escape_text(filter, sizeof(filter), screen->choice.filter);
	snprintf(text, sizeof(text), "filter: %s_", filter);
	if (!draw_piece(terminal_lines() - 1, &at, terminal_columns(), A_BOLD, text)) {
		int width = terminal_width(text); /* its end is what is being typed */

		terminal_put(terminal_lines() - 1, 0, terminal_columns(),
			     text + (width > terminal_columns() ? width - terminal_columns() : 0));
		return;
	}
	draw_piece(terminal_lines() - 1, &at, terminal_columns(), A_NORMAL, "Enter: keep it");
	draw_piece(terminal_lines() - 1, &at, terminal_columns(), A_NORMAL, "Esc: show all");
}

/* Whole ones only, the most needed first. */
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
	size_t i;
	int at = 0;

	snprintf(sort, sizeof(sort), "sort: %s", sort_names[screen->choice.sort]);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int length;

		if (!keys[i].text)
			continue;
		length = (int)strlen(keys[i].key);
		if (at + length + 1 + (int)strlen(keys[i].text) > terminal_columns())
			break;
		draw_piece(terminal_lines() - 1, &at, terminal_columns(), A_BOLD, keys[i].key);
		at--;
		draw_piece(terminal_lines() - 1, &at, terminal_columns(), A_NORMAL, keys[i].text);
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

static void draw_row(const struct live_screen *screen, const struct live_rounds *rounds,
		     const struct live_columns *columns, const struct live_row *row, int line,
		     float highest)
{
	char name[ESCAPE_SIZE], text[LIVE_CELL_SIZE];
	const char *cell;
	int i;

	for (i = 0; i < columns->count; i++) {
		enum live_column column = columns->shown[i].column;
		int at = columns->shown[i].at, width = columns->shown[i].width;

		cell = live_column_text(text, column, row, screen->read_at);
		if (column == COLUMN_NAME) {
			print_name(name, sizeof(name), row);
			cell = name;
		}
		if (live_column_is_action(column) || column == COLUMN_PAST)
			curses.attron(action_look(row->action));
		if (!live_column_is_left(column))
			at += width - terminal_width(cell);
		if (column == COLUMN_NAME)
			terminal_put_name(line, at, width, cell);
		else
			terminal_put(line, at, columns->shown[i].width, cell);
		if (column == COLUMN_PAST && row->device && row->cpu < 0 &&
		    row->action < XDP_ACTION_MAX)
			draw_sparkline(rounds, row, width, highest);
		curses.attroff(action_look(row->action));
	}
}

/* What the highest bar of all sparklines on the screen stands for. */
static float highest_shown(const struct live_screen *screen, const struct live_rounds *rounds,
			   int height, int width)
{
	float highest = 0, value;
	size_t i;
	int back;

	for (i = screen->top; i < screen->rows.count && i < screen->top + height; i++) {
		const struct live_row *row = &screen->rows.rows[i];

		for (back = 1; back <= width && row->action < XDP_ACTION_MAX; back++) {
			value = live_past_rate(row->device->past, rounds, row->action, back);
			highest = value > highest ? value : highest;
		}
	}
	return highest;
}

/* As much as there is room for: "last 1m58s, max 1.49 Mpps". */
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
	if ((int)strlen(text) > width)
		snprintf(text, size, "max %s", units_scaled_bare(bare, highest));
}

static void draw_head(const struct live_screen *screen, const struct live_rounds *rounds,
		      const struct live_columns *columns, int line, float highest)
{
	char past[64];
	int i;

	curses.attron(A_REVERSE);
	curses.mvhline(line, 0, ' ' | A_REVERSE, terminal_columns());
	for (i = 0; i < columns->count; i++) {
		enum live_column column = columns->shown[i].column;
		int at = columns->shown[i].at, width = columns->shown[i].width;
		const char *title = live_column_title(column);

		if (column == COLUMN_PAST) {
			print_past_title(past, sizeof(past), rounds, width, highest);
			title = past;
		}
		if (!live_column_is_left(column))
			at += width - terminal_width(title);
		if (live_column_is_sorted(column, screen->choice.sort))
			curses.attron(A_BOLD | A_UNDERLINE);
		terminal_put(line, at, width, title);
		curses.attroff(A_BOLD | A_UNDERLINE);
	}
	curses.attroff(A_REVERSE);
}

static void draw_table(const struct live_screen *screen, const struct live_rounds *rounds)
{
	int height = live_screen_height(screen), last, i;
	int line = (terminal_lines() >= LINES_TITLE) + (terminal_lines() >= LINES_DROPS);
	struct live_columns columns;
	float highest;

	live_columns_choose(&columns, &screen->rows, terminal_columns());
	last = columns.count - 1;
	highest = highest_shown(
		screen, rounds, height,
		columns.shown[last].column == COLUMN_PAST ? columns.shown[last].width : 0);
	draw_head(screen, rounds, &columns, line++, highest);
	if (terminal_lines() >= LINES_TOTAL) {
		curses.attron(A_BOLD);
		draw_row(screen, rounds, &columns, &screen->rows.total, line++, highest);
		curses.attroff(A_BOLD);
	}
	for (i = 0; i < height && screen->top + i < screen->rows.count; i++)
		draw_row(screen, rounds, &columns, &screen->rows.rows[screen->top + i], line++,
			 highest);
	if (!screen->rows.count && height)
		terminal_put(line, 0, terminal_columns(),
			     *screen->choice.filter ? "no row contains that; Esc shows all" :
						      "nothing is counted yet");
}

/* ---------------------------------------------------------------- all of it */

void live_screen_draw(struct live_screen *screen, const struct live_rounds *rounds)
{
	int height;

	curses.erase();
	if (screen->is_help) {
		live_help_draw(&screen->help_top);
		curses.refresh();
		return;
	}
	keep_in_range(screen);
	draw_table(screen, rounds);
	if (terminal_lines() >= LINES_TITLE)
		draw_title(screen);
	if (terminal_lines() >= LINES_DROPS)
		draw_drops(screen, 1);
	height = message_height(screen);
	curses.attron(A_BOLD);
	terminal_wrap(terminal_lines() - (terminal_lines() >= LINES_KEYS) - height,
		      terminal_lines() - (terminal_lines() >= LINES_KEYS), 0, screen->message);
	curses.attroff(A_BOLD);
	if (terminal_lines() >= LINES_KEYS && screen->is_typing)
		draw_prompt(screen);
	else if (terminal_lines() >= LINES_KEYS)
		draw_keys(screen);
	curses.refresh();
}

#endif
