// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_help.h"

#ifdef HAVE_CURSES

#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "terminal_text.h"

#define PIECE_SIZE 1024
#define LABEL_WIDTH 10
#define WIDE 36 /* columns; with less, a text is below its label */

static const struct {
	const char *label, *text;
} help[] = {
	{ "q", "quit, and print the totals" },
	{ "s", "sort by rate, bit rate, packets or name" },
	{ "/", "filter: show the rows whose device or action contains a text" },
	{ "Esc", "show all rows again" },
	{ "c", "show what each CPU has counted, or stop that" },
	{ "space", "pause and resume the view; counting continues" },
	{ "+ -", "faster: half the interval; slower: twice the interval" },
	{ "arrows", "scroll, as do Page Up, Page Down, Home and End" },
	{ "", "" },
	{ "PACKETS", "as the pinned map has them: counted since SINCE" },
	{ "RATE", "packets a second in the last interval; k, M, G: thousand, million, billion" },
	{ "BIT RATE", "bits a second in the last interval" },
	{ "NS/PKT", "with --cost: nanoseconds that the device's program takes for a packet" },
	{ "CPU", "with --cost: how much of one CPU that is" },
	{ "SINCE", "when the map was pinned: the time, or the date if that is a day ago" },
	{ "max", "rate of the highest bar: all rows have the same scale" },
	{ "(eth0)", "the pin of eth0 is gone; its map is still read" },
};

int live_help_wrap(int line, int end, int column, const char *text)
{
	char piece[PIECE_SIZE];
	int width = terminal_columns() > column ? terminal_columns() - column : 1;

	while (*text) {
		size_t length = terminal_break(text, width);

		snprintf(piece, sizeof(piece), "%.*s",
			 (int)(length - (length > 1 && text[length - 1] == ' ')), text);
		if (line >= 0 && line < end)
			terminal_put(line, column, width, piece);
		text += length;
		line++;
	}
	return line;
}

int live_help_height(const char *text, int width)
{
	int height = 0;

	for (; *text; height++)
		text += terminal_break(text, width > 0 ? width : 1);
	return height;
}

/* Draws all of it with its first line at @line, which may be above the screen. Returns the line
 * after it.
 */
static int draw_from(int line, int end)
{
	size_t i;

	for (i = 0; i < sizeof(help) / sizeof(help[0]); i++) {
		int next = line + 1;

		curses.attron(A_BOLD);
		live_help_wrap(line, end, 0, help[i].label);
		curses.attroff(A_BOLD);
		if (terminal_columns() < WIDE)
			next = live_help_wrap(line + 1, end, 2, help[i].text);
		else if (*help[i].text)
			next = live_help_wrap(line, end, LABEL_WIDTH, help[i].text);
		line = next;
	}
	return line;
}

void live_help_draw(int *top)
{
	int end = terminal_lines() > 1 ? terminal_lines() - 1 : 1,
	    height = draw_from(-10000, 0) + 10000;

	if (*top > height - end)
		*top = height - end;
	if (*top < 0)
		*top = 0;
	draw_from(-*top, end);
	if (terminal_lines() < 2)
		return;
	curses.attron(A_REVERSE);
	if (height <= end)
		terminal_put(terminal_lines() - 1, 0, terminal_columns(), "any key: back");
	else
		terminal_put(terminal_lines() - 1, 0, terminal_columns(),
			     terminal_columns() < WIDE ? "arrows: more" :
							 "arrows: more  other keys: back");
	curses.attroff(A_REVERSE);
}

#endif
