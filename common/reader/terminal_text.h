/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Draws texts, which are UTF-8, in a given width. A terminal without UTF-8 gets '?' for each
 * character that is not ASCII. Exists only if this program is built with ncurses.
 */
#ifndef TERMINAL_TEXT_H
#define TERMINAL_TEXT_H

/* Columns that @text takes. */
int terminal_width(const char *text);

/* Draws @text in @width columns: what does not fit is cut, with '~' as the last character. */
void terminal_put(int line, int column, int width, const char *text);

/* The same for a path or "namespace/device": what is before its last '/' is cut first. */
void terminal_put_name(int line, int column, int width, const char *name);

/* The end of @text, as much of it as fits into @width columns. */
const char *terminal_tail(const char *text, int width);

/* Draws @text, broken between words, from @line on and from @column to the right end; but only on
 * lines from 0 to before @end. Returns the line after it, as if all had been drawn.
 */
int terminal_wrap(int line, int end, int column, const char *text);

#endif /* TERMINAL_TEXT_H */
