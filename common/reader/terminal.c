// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "terminal.h"

#ifdef HAVE_CURSES

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "log.h"

struct curses curses;

static struct {
	WINDOW *screen;
	struct termios modes;
	bool has_utf8, has_colours;
	char leave[256]; /* to be written to it when the screen is left */
	volatile sig_atomic_t in_use;
} terminal;

static int keep_character(int c)
{
	size_t length = strlen(terminal.leave);

	if (length + 1 < sizeof(terminal.leave))
		terminal.leave[length] = (char)c;
	return c;
}

/* Adds the terminal's capability @name to what is written at the end, if it has it. */
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

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Sets LC_CTYPE alone: numbers and names stay the same in every locale. */
static void take_characters(void)
{
	const char *locale = setting("LC_ALL") ?: setting("LC_CTYPE") ?: setting("LANG");
	const char *charset = locale ? strchr(locale, '.') : NULL;

	if (!charset || (strncasecmp(charset, ".utf-8", 6) && strncasecmp(charset, ".utf8", 5)))
		return;
	if (!setlocale(LC_CTYPE, locale) && !setlocale(LC_CTYPE, "C.UTF-8"))
		return;
	terminal.has_utf8 = MB_CUR_MAX > 1;
}

static void take_colours(void)
{
	int colour;

	if (setting("NO_COLOR") || !curses.has_colors() || curses.start_color() == ERR)
		return;
	terminal.has_colours = true;
	curses.use_default_colors();
	for (colour = COLOR_BLACK; colour <= COLOR_WHITE; colour++)
		curses.init_pair((short)(colour + 1), (short)colour, -1);
}

void terminal_take(void)
{
	tcgetattr(STDIN_FILENO, &terminal.modes);
	take_characters();
	terminal.screen = curses.initscr();
	take_colours();
	curses.set_escdelay(25);
	curses.cbreak();
	curses.noecho();
	curses.nonl();
	curses.keypad(terminal.screen, TRUE);
	curses.nodelay(terminal.screen, TRUE);
	curses.curs_set(0);
	keep("cnorm"); /* shows the cursor */
	keep("rmcup"); /* brings back the lines of before */
	terminal.in_use = 1;
	restore_on_crash();
}

void terminal_give_back(void)
{
	terminal.in_use = 0;
	curses.endwin();
}

bool terminal_is_there(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, 0) <= 0 || !(input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int terminal_lines(void)
{
	return curses.getmaxy(terminal.screen);
}

int terminal_columns(void)
{
	return curses.getmaxx(terminal.screen);
}

bool terminal_has_utf8(void)
{
	return terminal.has_utf8;
}

int terminal_colour(int colour)
{
	return terminal.has_colours ? curses.COLOR_PAIR(colour + 1) : 0;
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
