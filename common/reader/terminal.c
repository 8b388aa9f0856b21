// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "terminal.h"

#ifdef HAVE_CURSES

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "log.h"

struct curses curses;

static struct {
	WINDOW *screen;
	struct termios modes;
	char leave[256]; /* what makes it a terminal of lines again */
	volatile sig_atomic_t in_use;
} terminal;

static int keep_character(int c)
{
	size_t length = strlen(terminal.leave);

	if (length + 1 < sizeof(terminal.leave))
		terminal.leave[length] = (char)c;
	return c;
}

/* Keeps what capability @name of the terminal is, if it has that. */
static void keep(const char *name)
{
	const char *capability = curses.tigetstr(name);

	if (capability && capability != (const char *)-1)
		curses.tputs(capability, 1, keep_character);
}

static void restore(int signal)
{
	if (terminal.in_use) {
		terminal.in_use = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal.modes);
		if (write(STDOUT_FILENO, terminal.leave, strlen(terminal.leave)) < 0)
			_exit(128 + signal);
	}
	raise(signal); /* its default now, by SA_RESETHAND */
}

/* endwin() may not be called by a signal's handler. */
static void restore_on_crash(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGHUP, SIGQUIT };
	const struct sigaction action = { .sa_handler = restore,
					  .sa_flags = SA_RESETHAND | SA_NODEFER };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

void terminal_take(void)
{
	tcgetattr(STDIN_FILENO, &terminal.modes);
	terminal.screen = curses.initscr();
	curses.cbreak();
	curses.noecho();
	curses.nonl();
	curses.keypad(terminal.screen, TRUE);
	curses.nodelay(terminal.screen, TRUE);
	curses.curs_set(0);
	keep("cnorm"); /* the cursor as it is normally */
	keep("rmcup"); /* the end of a program that uses the whole screen */
	terminal.in_use = 1;
	restore_on_crash();
}

void terminal_give_back(void)
{
	terminal.in_use = 0;
	curses.endwin();
}

int terminal_lines(void)
{
	return curses.getmaxy(terminal.screen);
}

int terminal_columns(void)
{
	return curses.getmaxx(terminal.screen);
}

int terminal_check(void)
{
	static const char *const names[] = { CURSES_FUNCTIONS(LIBRARY_NAME) NULL };
	int err;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		log_error("could not show a table: --live needs a terminal; leave it out to print "
			  "lines");
		return -ENOTTY;
	}
	if (library_load(HAVE_CURSES, names, &curses))
		return -ENOENT;
	if (curses.setupterm(NULL, STDOUT_FILENO, &err) == OK)
		return 0;
	log_error("could not show a table: the terminal '%s' is not known here; set TERM",
		  getenv("TERM") ? getenv("TERM") : "");
	return -ENOTSUP;
}

#endif
