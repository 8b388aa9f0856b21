// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live.h"

#include <errno.h>
#include <stdbool.h>

#include "clock.h"
#include "log.h"

#ifdef HAVE_CURSES

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "live_past.h"
#include "live_screen.h"
#include "pollset.h"
#include "show.h"
#include "terminal.h"

#define MESSAGE_SECONDS 5.0
#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 60.0
#define KEY_ESCAPE 27
#define KEY_DELETE_CHAR 127
#define KEY_KILL_LINE ('u' & 0x1f)

struct live {
	struct stats_set *set;
	struct live_screen screen;
	bool done;
	unsigned int messages; /* in a row, each while the one before was shown */
	double message_until;  /* CLOCK_MONOTONIC, seconds */
};

int live_check(void)
{
	return terminal_check();
}

/* ---------------------------------------------------------------- rounds */

/* Shows the last message, and how many came while others were shown. */
static void take_message(void *context, const char *message)
{
	struct live *live = context;
	struct live_screen *screen = &live->screen;
	double now = clock_now();

	live->messages = now < live->message_until ? live->messages + 1 : 1;
	live->message_until = now + MESSAGE_SECONDS;
	if (live->messages > 1)
		snprintf(screen->message, sizeof(screen->message), "%s (the last of %u messages)",
			 message, live->messages);
	else
		snprintf(screen->message, sizeof(screen->message), "%s", message);
}

static int poll_devices(struct live *live)
{
	struct live_rounds *rounds = &live->screen.rounds;
	struct stats_set *set = live->set;
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct stats_device *device = set->devices[i];
		struct live_past *past;
		int err;

		if (!device->watch.generation)
			continue;
		err = stats_set_poll(set, device);
		if (err)
			return err;
		past = live_past_of(device);
		if (!past)
			return -ENOMEM;
		live_past_keep_rates(past, rounds, &device->watch);
		if (live->screen.choice.per_cpu && !device->read_err)
			live_past_keep_cpus(past, &device->watch, &set->buffer);
	}
	rounds->at[rounds->count++ % LIVE_ROUNDS] = clock_now();
	live->screen.read_at = time(NULL);
	return 0;
}

static void draw(struct live *live)
{
	struct live_screen *screen = &live->screen;

	if (clock_now() >= live->message_until)
		screen->message[0] = '\0';
	live_rows_find(&screen->rows, live->set, &screen->choice);
	live_screen_draw(screen);
}

/* ---------------------------------------------------------------- keys */

static void scroll_by(struct live_screen *screen, long by)
{
	screen->top = by < 0 && (size_t)-by > screen->top ? 0 : screen->top + by;
}

static void change_interval(struct live_screen *screen, double factor)
{
	screen->interval *= factor;
	if (screen->interval < INTERVAL_MIN)
		screen->interval = INTERVAL_MIN;
	if (screen->interval > INTERVAL_MAX)
		screen->interval = INTERVAL_MAX;
}

/* Scrolls if @key is for that. Returns whether it is. */
static bool take_scroll_key(struct live_screen *screen, int key)
{
	const int height = live_screen_height(screen);

	if (key == KEY_UP)
		scroll_by(screen, -1);
	else if (key == KEY_DOWN)
		scroll_by(screen, 1);
	else if (key == KEY_PPAGE)
		scroll_by(screen, -height);
	else if (key == KEY_NPAGE)
		scroll_by(screen, height);
	else if (key == KEY_HOME)
		screen->top = 0;
	else if (key == KEY_END)
		screen->top = screen->rows.count;
	else
		return false;
	return true;
}

/* A key while a filter is typed: it takes effect at once. */
static void take_filter_key(struct live_screen *screen, int key)
{
	char *filter = screen->choice.filter;
	size_t length = strlen(filter);

	if (key == KEY_ESCAPE || key == KEY_KILL_LINE) {
		filter[0] = '\0';
		screen->is_typing = key == KEY_KILL_LINE;
	} else if (key == KEY_ENTER || key == '\n' || key == '\r') {
		screen->is_typing = false;
	} else if (key == KEY_BACKSPACE || key == KEY_DELETE_CHAR || key == '\b') {
		while (length > 0 && (filter[--length] & 0xc0) == 0x80)
			;
		filter[length] = '\0';
	} else if (key >= ' ' && key < 256 && length + 1 < LIVE_FILTER_SIZE) {
		filter[length] = (char)key;
		filter[length + 1] = '\0';
	}
}

static void take_help_key(struct live_screen *screen, int key)
{
	if (key == KEY_UP || key == KEY_DOWN)
		screen->help_top += key == KEY_UP ? -1 : 1;
	else if (key == KEY_PPAGE || key == KEY_NPAGE)
		screen->help_top += key == KEY_PPAGE ? -terminal_lines() : terminal_lines();
	else if (key != KEY_RESIZE)
		screen->is_help = false;
}

static void take_key(struct live *live, int key)
{
	struct live_screen *screen = &live->screen;

	switch (key) {
	case 'q':
		live->done = true;
		break;
	case '?':
	case 'h':
		screen->is_help = true;
		screen->help_top = 0;
		break;
	case 's':
		screen->choice.sort = (screen->choice.sort + 1) % LIVE_SORTS;
		break;
	case '/':
		screen->is_typing = true;
		break;
	case KEY_ESCAPE:
		screen->choice.filter[0] = '\0';
		break;
	case 'c':
		screen->choice.per_cpu = !screen->choice.per_cpu;
		break;
	case ' ':
		screen->is_paused = !screen->is_paused;
		break;
	case '+':
		change_interval(screen, 0.5);
		break;
	case '-':
		change_interval(screen, 2);
		break;
	default:
		take_scroll_key(screen, key);
		break;
	}
}

static void take_keys(struct live *live)
{
	struct live_screen *screen = &live->screen;
	int key;

	if (!terminal_is_there())
		live->done = true;
	while (!live->done && (key = curses.getch()) != ERR) {
		if (screen->is_help)
			take_help_key(screen, key);
		else if (!screen->is_typing)
			take_key(live, key);
		else if (!take_scroll_key(screen, key))
			take_filter_key(screen, key);
	}
}

static void take_resize(int fd)
{
	struct signalfd_siginfo info;
	struct winsize size;

	while (read(fd, &info, sizeof(info)) > 0)
		if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
			curses.resizeterm(size.ws_row, size.ws_col);
}

/* ---------------------------------------------------------------- the loop */

/* When to draw again: at @next, or before if a message is to disappear. */
static double next_draw(const struct live *live, double next)
{
	const bool has_message = *live->screen.message;

	return has_message && live->message_until < next ? live->message_until : next;
}

static int run(struct live *live, int events, int resize_fd, int stop_fd)
{
	struct live_screen *screen = &live->screen;
	double next = clock_now();
	int err = 0;

	while (err >= 0 && !live->done && !pollset_is_readable(stop_fd)) {
		err = 0;
		if (clock_now() >= next) {
			if (!screen->is_paused)
				err = poll_devices(live);
			next = clock_now() + screen->interval;
		}
		draw(live);
		if (!err)
			err = stats_set_wait(live->set, next_draw(live, next), events);
		take_resize(resize_fd);
		take_keys(live);
		if (next > clock_now() + screen->interval)
			next = clock_now() + screen->interval;
	}
	return err < 0 ? err : 0;
}

static int run_on_terminal(struct live *live, int events, int resize_fd, int stop_fd)
{
	int err;

	terminal_take();
	log_divert(take_message, live);
	err = run(live, events, resize_fd, stop_fd);
	log_divert(NULL, NULL);
	terminal_give_back();
	if (err)
		log_error("could not continue: %s", live->screen.message);
	return err;
}

int live_show(struct stats_set *set, const struct report_view *view, double interval, int stop_fd)
{
	const struct show totals = { .report = &report_text, .view = *view };
	struct live live = { .set = set, .screen = { .interval = interval, .choice.view = view } };
	int events, resize_fd, err;
	sigset_t resize;

	sigemptyset(&resize);
	sigaddset(&resize, SIGWINCH);
	sigprocmask(SIG_BLOCK, &resize, NULL);
	resize_fd = signalfd(-1, &resize, SFD_NONBLOCK | SFD_CLOEXEC);
	events = resize_fd < 0 ? -errno :
				 pollset_open((const int[]){ STDIN_FILENO, resize_fd, stop_fd }, 3);
	if (events < 0) {
		err = events;
		log_error("could not wait for keys: %s", strerror(-err));
	} else {
		err = run_on_terminal(&live, events, resize_fd, stop_fd);
	}
	if (!err)
		err = show_totals(set, &totals);
	if (events >= 0)
		close(events);
	if (resize_fd >= 0)
		close(resize_fd);
	live_rows_close(&live.screen.rows);
	return err;
}

#else

int live_check(void)
{
	log_error(
		"could not show a table: this program was built without ncurses; see ./configure");
	return -ENOTSUP;
}

int live_show(struct stats_set *set, const struct report_view *view, double interval, int stop_fd)
{
	(void)set;
	(void)view;
	(void)interval;
	(void)stop_fd;
	return -ENOTSUP;
}
#endif
