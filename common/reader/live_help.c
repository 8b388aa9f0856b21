// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_help.h"

#ifdef HAVE_CURSES

#include "terminal.h"
#include "terminal_text.h"

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

/* Draws all of it from @line on, which may be above the screen, on the lines before @end. Returns
 * the line after it.
 */
static int draw_from(int line, int end)
{
	size_t i;

	for (i = 0; i < sizeof(help) / sizeof(help[0]); i++) {
		curses.attron(A_BOLD);
		terminal_wrap(line, end, 0, help[i].label);
		curses.attroff(A_BOLD);
		if (terminal_columns() < WIDE)
			line = terminal_wrap(line + 1, end, 2, help[i].text);
		else if (*help[i].text)
			line = terminal_wrap(line, end, LABEL_WIDTH, help[i].text);
		else
			line++;
	}
	return line;
}

void live_help_draw(int *top)
{
	int end = terminal_lines() > 1 ? terminal_lines() - 1 : 1, height = draw_from(0, 0);

	if (*top > height - end)
		*top = height - end;
	if (*top < 0)
		*top = 0;
	draw_from(-*top, end);
	if (end == terminal_lines())
		return;
	curses.attron(A_REVERSE);
	terminal_put(end, 0, terminal_columns(),
		     height <= end	       ? "any key: back" :
		     terminal_columns() < WIDE ? "arrows: more" :
						 "arrows: more  other keys: back");
	curses.attroff(A_REVERSE);
}

#endif
