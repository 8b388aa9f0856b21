/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal, taken as a screen by ncurses, and given back even if the process is killed by a
 * signal that can be caught. Exists only if this program is built with ncurses.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

#ifdef HAVE_CURSES

#define NCURSES_NOMACROS /* functions, as macros use the library's variables */
#include <curses.h>
#include <term.h>
#undef columns /* likewise */
#undef lines

#include "library.h"

#define CURSES_FUNCTIONS(EACH_)   \
	EACH_(setupterm)          \
	EACH_(tigetstr)           \
	EACH_(tputs)              \
	EACH_(initscr)            \
	EACH_(endwin)             \
	EACH_(cbreak)             \
	EACH_(noecho)             \
	EACH_(nonl)               \
	EACH_(keypad)             \
	EACH_(nodelay)            \
	EACH_(curs_set)           \
	EACH_(getmaxx)            \
	EACH_(getmaxy)            \
	EACH_(resizeterm)         \
	EACH_(getch)              \
	EACH_(erase)              \
	EACH_(refresh)            \
	EACH_(attron)             \
	EACH_(attroff)            \
	EACH_(move)               \
	EACH_(addnstr)            \
	EACH_(mvhline)            \
	EACH_(has_colors)         \
	EACH_(start_color)        \
	EACH_(use_default_colors) \
	EACH_(COLOR_PAIR)         \
	EACH_(init_pair)          \
	EACH_(set_escdelay)       \
	EACH_(addstr)

/* The library's functions, after terminal_check(). */
extern struct curses {
	CURSES_FUNCTIONS(LIBRARY_POINTER)
} curses;

#endif

/* Loads ncurses. 0 if stdin and stdout are a terminal that it knows; or -errno, with a message. */
int terminal_check(void);

/* False after it was hung up: its window was closed, or its connection lost. */
bool terminal_is_there(void);

/* Its size, when it is taken. */
int terminal_lines(void);
int terminal_columns(void);

void terminal_take(void);
void terminal_give_back(void);

/* Whether it shows UTF-8: LC_ALL, LC_CTYPE or LANG says so. That locale need not be installed. */
bool terminal_has_utf8(void);

/* The attribute for COLOR_RED and so on; 0 if the terminal has no colours, or if NO_COLOR is set.
 */
int terminal_colour(int colour);

#endif /* TERMINAL_H */
