/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts, which are UTF-8, on the screen: their width, and what of them fits. If the terminal has no
 * UTF-8, it shows '?' for each character that is not ASCII. Built with ncurses alone.
 */
#ifndef TERMINAL_TEXT_H
#define TERMINAL_TEXT_H

#include <stddef.h>

/* Columns that @text takes. */
int terminal_width(const char *text);

/* Draws @text in @width columns: what does not fit is cut, with '~' as the last character. */
void terminal_put(int line, int column, int width, const char *text);

/* The same for a path or "namespace/device": what is before its last '/' is cut first. */
void terminal_put_name(int line, int column, int width, const char *name);

/* The bytes of @text that fit into @width columns, as far as a space if there is one; all of them
 * if it fits. One at least, if there is any.
 */
size_t terminal_break(const char *text, int width);

#endif /* TERMINAL_TEXT_H */
