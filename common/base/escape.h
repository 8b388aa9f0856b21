/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names and texts from outside, made fit to be shown. The kernel takes nearly any byte in the name
 * of a device or of a pin: terminals act on some of them, and programs refuse what is not UTF-8.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <limits.h>
#include <stddef.h>

/* Room for any name or path: one byte becomes four at most. */
#define ESCAPE_SIZE (4 * PATH_MAX)

/* For people: writes bytes of control and bytes that are not UTF-8 as \x1b. @to has room for @size
 * bytes; what does not fit is cut off between two characters. Returns @to.
 */
char *escape_text(char *to, size_t size, const char *text);

/* The same for a text of several lines: line ends and tabs stay. */
char *escape_lines(char *to, size_t size, const char *text);

/* For programs: replaces bytes that are not UTF-8 by U+FFFD. */
char *escape_utf8(char *to, size_t size, const char *text);

#endif /* ESCAPE_H */
