// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "terminal_text.h"

#ifdef HAVE_CURSES

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "terminal.h"

/* The bytes of the first character of @text, which is UTF-8, and the columns that it takes. */
static size_t measure(const char *text, int *columns)
{
	size_t length = 1;
	wchar_t wide;

	while ((text[length] & 0xc0) == 0x80)
		length++;
	*columns = 1;
	if (length > 1 && terminal_has_utf8() && mbtowc(&wide, text, length) > 0)
		*columns = wcwidth(wide) < 0 ? 1 : wcwidth(wide);
	return length;
}

int terminal_width(const char *text)
{
	int width = 0, columns;

	for (; *text; width += columns)
		text += measure(text, &columns);
	return width;
}

void terminal_put(int line, int column, int width, const char *text)
{
	const bool is_cut = terminal_width(text) > width;
	int at = 0, columns;
	size_t length;

	curses.move(line, column);
	for (; *text; text += length, at += columns) {
		length = measure(text, &columns);
		if (at + columns > width - is_cut)
			break;
		if (length > 1 && !terminal_has_utf8())
			curses.addstr("?");
		else
			curses.addnstr(text, (int)length);
	}
	if (is_cut && width > 0)
		curses.addstr("~");
}

void terminal_put_name(int line, int column, int width, const char *name)
{
	const char *tail = strrchr(name, '/');
	int tail_width = tail ? terminal_width(tail) : 0;

	if (!tail || terminal_width(name) <= width || tail_width + 2 > width) {
		terminal_put(line, column, width, name);
		return;
	}
	terminal_put(line, column, width - tail_width, name);
	terminal_put(line, column + width - tail_width, tail_width, tail);
}

const char *terminal_tail(const char *text, int width)
{
	int columns, left;

	for (left = terminal_width(text) - width; left > 0; left -= columns)
		text += measure(text, &columns);
	return text;
}

/* The bytes of @text that fit into @width columns, as far as a space if there is one; all of them
 * if it fits. One at least, if there is any.
 */
static size_t fitting(const char *text, int width)
{
	size_t at = 0, space = 0, length;
	int columns;

	for (; text[at]; at += length, width -= columns) {
		length = measure(text + at, &columns);
		if (columns > width && text[at] == ' ')
			return at + 1;
		if (columns > width && space)
			return space;
		if (columns > width)
			return at ? at : length;
		if (text[at] == ' ')
			space = at + 1;
	}
	return at;
}

int terminal_wrap(int line, int end, int column, const char *text)
{
	int width = terminal_columns() > column ? terminal_columns() - column : 1;
	char piece[1024];

	for (; *text; line++) {
		size_t length = fitting(text, width);

		snprintf(piece, sizeof(piece), "%.*s",
			 (int)(length - (length > 1 && text[length - 1] == ' ')), text);
		if (line >= 0 && line < end)
			terminal_put(line, column, width, piece);
		text += length;
	}
	return line;
}

#endif
