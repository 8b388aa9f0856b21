// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live.h"

#include <errno.h>
#include <stdbool.h>

#include "action.h"
#include "clock.h"
#include "log.h"

#ifdef HAVE_CURSES

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "escape.h"
#include "live_past.h"
#include "pollset.h"
#include "report.h"
#include "terminal.h"

#define BANNER_SECONDS 5.0
#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 60.0
#define HEAD_LINES 2
#define NAME_WIDTH 16

/* One line of the table: an action of a device that counts, or what one CPU has of it. */
struct row {
	const struct stats_device *device;
	const struct live_past *past;
	__u32 action;
	int cpu; /* -1: all of them */
};

struct live {
	struct stats_set *set;
	const struct report_view *view;
	struct live_pasts pasts;
	struct row *rows;
	size_t row_count, row_room;
	size_t top; /* the first row on the screen */
	unsigned int rounds;
	double interval;
	bool paused, per_cpu, done;
	char banner[256];
	double banner_until; /* CLOCK_MONOTONIC, seconds */
};

int live_check(void)
{
	return terminal_check();
}

/* ---------------------------------------------------------------- what is shown */

static void take_message(void *context, const char *message)
{
	struct live *live = context;

	snprintf(live->banner, sizeof(live->banner), "%s", message);
	live->banner_until = clock_now() + BANNER_SECONDS;
}

static int poll_devices(struct live *live)
{
	size_t i;
	__u32 action;

	for (i = 0; i < live->set->count; i++) {
		struct stats_device *device = live->set->devices[i];
		struct stats_watch *watch = &device->watch;
		struct live_past *past;
		int err;

		if (!watch->generation)
			continue;
		err = stats_set_poll(live->set, device);
		if (err)
			return err;
		past = live_past_find(&live->pasts, i, watch->path);
		if (!past)
			return -ENOMEM;
		for (action = 0; action < XDP_ACTION_MAX; action++)
			past->pps[action][live->rounds % LIVE_ROUNDS] =
				(float)stats_watch_rate(&watch->counted[action], watch->period).pps;
		if (live->per_cpu)
			live_past_keep_cpus(past, &live->set->buffer);
	}
	live->rounds++;
	return 0;
}

static void add_row(struct live *live, const struct stats_device *device,
		    const struct live_past *past, __u32 action, int cpu)
{
	struct row *rows = live->rows;

	if (live->row_count == live->row_room) {
		live->row_room = live->row_room ? 2 * live->row_room : 64;
		rows = reallocarray(rows, live->row_room, sizeof(*rows));
		if (!rows) {
			live->row_room = live->row_count;
			return;
		}
		live->rows = rows;
	}
	rows[live->row_count++] =
		(struct row){ .device = device, .past = past, .action = action, .cpu = cpu };
}

static void add_rows(struct live *live, const struct stats_device *device,
		     const struct live_past *past)
{
	const struct stats_watch *watch = &device->watch;
	size_t before = live->row_count;
	__u32 action;
	int cpu, cpus = live->per_cpu && past->cpus ? live->set->buffer.cpus : 0;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (report_hides(live->view, action) ||
		    (!report_has_counted(&watch->current.totals[action]) &&
		     !report_has_counted(&watch->totals[action])))
			continue;
		add_row(live, device, past, action, -1);
		for (cpu = 0; cpu < cpus; cpu++)
			if (report_has_counted(&past->cpus[action * cpus + cpu]))
				add_row(live, device, past, action, cpu);
	}
	if (live->row_count == before) /* that it is there, and counts nothing, is news too */
		add_row(live, device, past, XDP_ACTION_MAX, -1);
}

static void find_rows(struct live *live)
{
	size_t i;

	live->row_count = 0;
	for (i = 0; i < live->set->count; i++) {
		const struct stats_device *device = live->set->devices[i];
		struct live_past *past = live_past_find(&live->pasts, i, device->watch.path);

		if (past && report_shows(device))
			add_rows(live, device, past);
	}
	if (live->pasts.count > live->set->count)
		live_past_forget(&live->pasts, live->set);
}

/* Sixty rounds, the latest on the right, scaled to the highest. */
static void draw_sparkline(const struct live *live, const float *pps, int width)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[] = { " ", "_", ".", "-", "=", "+", "*", "%", "#" };
	const char *const *steps = MB_CUR_MAX > 1 ? blocks : plain;
	int shown = width < LIVE_ROUNDS ? width : LIVE_ROUNDS, i;
	float highest = 0;

	for (i = 0; i < LIVE_ROUNDS; i++)
		highest = pps[i] > highest ? pps[i] : highest;
	for (i = shown; i > 0; i--) {
		float value = (int)live->rounds < i ? 0 : pps[(live->rounds - i) % LIVE_ROUNDS];
		int step = highest > 0 ? (int)(value / highest * 8 + 0.5F) : 0;

		curses.addstr(steps[value > 0 && !step ? 1 : step]);
	}
}

static void draw_row(const struct live *live, int line, const struct row *row)
{
	char packets[REPORT_NUMBER_SIZE], rate[REPORT_NUMBER_SIZE], text[600];
	char full_name[ESCAPE_SIZE], name[NAME_WIDTH + 1];
	const struct stats_device *device = row->device;
	const struct stats_watch *watch = &device->watch;
	struct stats_rate now;
	struct datarec total = { 0 }, counted = { 0 };
	const int width = terminal_columns();

	snprintf(full_name, sizeof(full_name), "%s%s%s", device->netns ? device->netns : "",
		 device->netns ? "/" : "", report_name(device));
	escape_text(name, sizeof(name), full_name);
	if (row->action < XDP_ACTION_MAX) {
		total = watch->current.totals[row->action];
		counted = watch->counted[row->action];
	}
	if (row->cpu >= 0) {
		total = row->past->cpus[row->action * live->set->buffer.cpus + row->cpu];
		snprintf(text, sizeof(text), "%-*s   CPU %-5d %15s", NAME_WIDTH, "", row->cpu,
			 report_number(packets, total.rx_packets));
		curses.mvaddnstr(line, 0, text, width);
		return;
	}
	now = stats_watch_rate(&counted, watch->period);
	snprintf(text, sizeof(text), "%-*s %-12s %15s %11s %10.3f ", NAME_WIDTH, name,
		 row->action < XDP_ACTION_MAX ? action_name(row->action) : "-",
		 report_number(packets, total.rx_packets), report_number(rate, now.pps + 0.5),
		 now.bps / 1e6);
	if (!watch->pinned)
		curses.attron(A_DIM);
	curses.mvaddnstr(line, 0, text, width);
	if (row->action < XDP_ACTION_MAX && (int)strlen(text) < width)
		draw_sparkline(live, row->past->pps[row->action], width - (int)strlen(text));
	curses.attroff(A_DIM);
}

static int table_height(void)
{
	int height = terminal_lines();

	return height > HEAD_LINES ? height - HEAD_LINES : 0;
}

static void keep_in_range(struct live *live)
{
	size_t height = table_height();
	size_t last = live->row_count > height ? live->row_count - height : 0;

	if (live->top > last)
		live->top = last;
}

static void draw(struct live *live)
{
	const int width = terminal_columns();
	char text[600];
	int line;

	find_rows(live);
	keep_in_range(live);
	curses.erase();
	if (clock_now() < live->banner_until) {
		curses.attron(A_BOLD);
		curses.mvaddnstr(0, 0, live->banner, width);
		curses.attroff(A_BOLD);
	} else {
		snprintf(text, sizeof(text),
			 "%s%zu line%s  every %.1f s  q quit  space %s  c CPUs  +- interval",
			 live->paused ? "PAUSED  " : "", live->row_count,
			 live->row_count == 1 ? "" : "s", live->interval,
			 live->paused ? "resume" : "pause");
		curses.mvaddnstr(0, 0, text, width);
	}
	snprintf(text, sizeof(text), "%-*s %-12s %15s %11s %10s", NAME_WIDTH, "DEVICE", "ACTION",
		 "PACKETS", "PPS", "MBIT/S");
	curses.attron(A_REVERSE);
	curses.mvaddnstr(1, 0, text, width);
	curses.attroff(A_REVERSE);
	for (line = 0; line < table_height() && live->top + line < live->row_count; line++)
		draw_row(live, HEAD_LINES + line, &live->rows[live->top + line]);
	curses.refresh();
}

/* ---------------------------------------------------------------- keys */

static void scroll_by(struct live *live, long by)
{
	live->top = by < 0 && (size_t)-by > live->top ? 0 : live->top + by;
}

static void change_interval(struct live *live, double factor)
{
	live->interval *= factor;
	if (live->interval < INTERVAL_MIN)
		live->interval = INTERVAL_MIN;
	if (live->interval > INTERVAL_MAX)
		live->interval = INTERVAL_MAX;
}

static void take_key(struct live *live, int key)
{
	switch (key) {
	case 'q':
		live->done = true;
		break;
	case ' ':
		live->paused = !live->paused;
		break;
	case 'c':
		live->per_cpu = !live->per_cpu;
		break;
	case '+':
		change_interval(live, 0.5); /* more often */
		break;
	case '-':
		change_interval(live, 2);
		break;
	case KEY_UP:
		scroll_by(live, -1);
		break;
	case KEY_DOWN:
		scroll_by(live, 1);
		break;
	case KEY_PPAGE:
		scroll_by(live, -table_height());
		break;
	case KEY_NPAGE:
		scroll_by(live, table_height());
		break;
	case KEY_HOME:
		live->top = 0;
		break;
	case KEY_END:
		live->top = live->row_count;
		break;
	default:
		break;
	}
}

static void take_keys(struct live *live)
{
	int key;

	while ((key = curses.getch()) != ERR)
		take_key(live, key);
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

static int run(struct live *live, int events, int resize_fd, int stop_fd)
{
	double next = clock_now();
	int err = 0;

	while (err >= 0 && !live->done && !pollset_is_readable(stop_fd)) {
		err = 0;
		if (clock_now() >= next) {
			if (!live->paused)
				err = poll_devices(live);
			next = clock_now() + live->interval;
		}
		draw(live);
		if (!err)
			err = stats_set_wait(live->set, next, events);
		take_resize(resize_fd);
		take_keys(live);
		if (next > clock_now() + live->interval)
			next = clock_now() + live->interval;
	}
	return err < 0 ? err : 0;
}

int live_show(struct stats_set *set, const struct report_view *view, double interval, int stop_fd)
{
	struct live live = { .set = set, .view = view, .interval = interval };
	int events, resize_fd, err;
	sigset_t resize;

	setlocale(LC_ALL, "");
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
		terminal_take();
		log_divert(take_message, &live);
		err = run(&live, events, resize_fd, stop_fd);
		log_divert(NULL, NULL);
		terminal_give_back();
		if (err)
			log_error("could not continue: %s", live.banner);
	}
	if (events >= 0)
		close(events);
	if (resize_fd >= 0)
		close(resize_fd);
	live_past_close(&live.pasts);
	free(live.rows);
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
