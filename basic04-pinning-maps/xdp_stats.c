// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The reader: shows what the program counts that a loader has attached, and follows reloads. All
 * that it knows of the loader is where the map is pinned and how a record is laid out.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attached.h"
#include "device.h"
#include "exit_codes.h"
#include "log.h"
#include "options.h"
#include "output.h"
#include "pin_dir.h"
#include "report_text.h"
#include "stats_watch.h"

#define WAIT_NS 20000000 /* between two looks for a pin that is not there yet */

struct stats_opts {
	const char *device;
	const char *netns;
	const char *pin_base;
	const char *map;
	double interval;
	unsigned int count; /* 0: until stopped */
	bool once;
	bool wait;
	int verbosity;
};

#define FIELD(name_) offsetof(struct stats_opts, name_)

/* clang-format off */
static const struct option_def option_defs[] = {
	{ .type = OPTION_STRING, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(device),
	  .help = "the device whose counters to show" },
	{ .type = OPTION_STRING, .name = "map", .value = "PATH",
	  .offset = FIELD(map),
	  .help = "or the path of any pinned map of counters" },
	{ .type = OPTION_SECONDS, .letter = 'i', .name = "interval", .value = "SECONDS",
	  .offset = FIELD(interval),
	  .help = "between two rounds (default: 2)" },
	{ .type = OPTION_COUNT, .letter = 'n', .name = "count", .value = "N",
	  .offset = FIELD(count),
	  .help = "stop after N rounds" },
	{ .type = OPTION_FLAG, .name = "once",
	  .offset = FIELD(once),
	  .help = "print the counters as they are, no rates, and stop" },
	{ .type = OPTION_FLAG, .name = "wait",
	  .offset = FIELD(wait),
	  .help = "wait for a pin that is not there yet" },
	{ .type = OPTION_STRING, .name = "pin-base", .value = "DIR",
	  .offset = FIELD(pin_base),
	  .help = "where pins are (default: " PIN_DIR_BASE ")" },
	{ .type = OPTION_STRING, .name = "netns", .value = "NAME",
	  .offset = FIELD(netns),
	  .help = "the device is in this network namespace" },
	OPTIONS_COMMON(struct stats_opts),
};
/* clang-format on */

static const struct option_table option_table = {
	.tool = "xdp_stats",
	.usage = "xdp_stats -d IF [OPTION]...\n"
		 "       xdp_stats --map PATH [OPTION]...",
	.about = "Shows packets and bytes by XDP action, read from a pinned map, and goes on when\n"
		 "the program is loaded anew.",
	.notes = "Ctrl-C ends it, with the totals since its start.\n"
		 "Exit codes: 0 done, 1 failed, 2 wrong usage, 40 the map cannot be read.",
	.defs = option_defs,
	.count = sizeof(option_defs) / sizeof(option_defs[0]),
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Holds the signals back, so that none comes between the look at @stopped and falling asleep;
 * @asleep is the mask to sleep with.
 */
static void hold_signals(sigset_t *asleep)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, asleep);
}

static int check_opts(const struct stats_opts *opts)
{
	if (!opts->device == !opts->map) {
		log_error("which counters? Give either --dev or --map; see xdp_stats --help");
		return -EINVAL;
	}
	if (opts->once && opts->count) {
		log_error("--once and --count exclude each other: give one of them");
		return -EINVAL;
	}
	if (opts->device && device_check_name(opts->device))
		return -EINVAL;
	return opts->netns ? device_check_netns(opts->netns) : 0;
}

static int find_path(const struct stats_opts *opts, char *path, size_t size)
{
	struct pin_dir dir;
	int err;

	if (opts->map) {
		if (snprintf(path, size, "%s", opts->map) < (int)size)
			return 0;
		log_error("could not open %.40s...: the path is longer than %zu bytes", opts->map,
			  size - 1);
		return -ENAMETOOLONG;
	}
	err = pin_dir_need_bpffs(opts->pin_base, false);
	if (!err)
		err = pin_dir_init(&dir, opts->pin_base, opts->netns, opts->device);
	if (!err)
		err = pin_dir_map_path(&dir, XDP_STATS_MAP_NAME, path, size);
	return err;
}

/* The pins at this name may be another device's. */
static int check_namesake(const struct stats_opts *opts)
{
	char other[IF_NAMESIZE];

	if (!opts->device || opts->netns || !device_find_namesake(opts->device, other))
		return 0;
	if (!if_nametoindex(opts->device)) {
		log_error("could not find device %s: the pins that go by its name are those of %s; "
			  "give --dev %s",
			  opts->device, other, other);
		return -ENODEV;
	}
	log_warn("%s and %s go by the same name in a BPF filesystem: 'xdp_loader --list' tells "
		 "whose counters these are",
		 opts->device, other);
	return 0;
}

static void say_no_pin(const struct stats_opts *opts, const char *path)
{
	if (opts->map)
		log_error("could not open %s: there is no such pin; see 'xdp_loader --list'", path);
	else
		log_error("could not open %s: nothing is pinned there; load a program with "
			  "'xdp_loader %s%s%s-d %s', or give --wait",
			  path, opts->netns ? "--netns " : "", opts->netns ? opts->netns : "",
			  opts->netns ? " " : "", opts->device);
}

static void add_seconds(struct timespec *time, double seconds)
{
	time->tv_sec += (time_t)seconds;
	time->tv_nsec += (long)((seconds - (time_t)seconds) * 1e9);
	if (time->tv_nsec >= 1000000000) {
		time->tv_nsec -= 1000000000;
		time->tv_sec++;
	}
}

static int open_watch(struct stats_watch *watch, const struct stats_opts *opts, const char *path)
{
	const struct timespec pause = { .tv_nsec = WAIT_NS };
	bool waiting = false;
	sigset_t asleep;
	int err;

	while ((err = stats_watch_open(watch, path)) == -ENOENT && opts->wait && !stopped) {
		stats_watch_close(watch);
		if (!waiting)
			log_info("waiting for %s", path);
		waiting = true;
		hold_signals(&asleep);
		if (!stopped)
			ppoll(NULL, 0, &pause, &asleep);
		sigprocmask(SIG_SETMASK, &asleep, NULL);
	}
	if (err == -ENOENT && !stopped)
		say_no_pin(opts, path);
	return err;
}

static void say_event(const struct stats_watch *watch, int event)
{
	if (event == STATS_CHANGED)
		log_info("%s is another map now: id %u, generation %u", watch->path,
			 watch->current.map.id, watch->generation);
	else if (event == STATS_GONE)
		log_info("%s is gone: showing the map it was, and waiting for another",
			 watch->path);
	else if (event == STATS_BACK)
		log_info("%s is back", watch->path);
}

static bool counted(const struct stats_watch *watch)
{
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (watch->rates[action].rx_packets)
			return true;
	return false;
}

static int show_round(struct stats_watch *watch, struct attached_check *check)
{
	int event = stats_watch_poll(watch);

	if (event < 0)
		return event;
	say_event(watch, event);
	/* What counts needs no look. */
	if (check->device && !counted(watch))
		attached_check(check, watch->current.map.id, watch->read_at);
	report_text_round(watch);
	return output_flush();
}

/* There is no later round in which to look again. */
static void show_once(struct stats_watch *watch, struct attached_check *check)
{
	const struct timespec pause = { .tv_nsec = ATTACHED_CHECK_PERIOD * 1e9 };

	report_text_round(watch);
	if (!check->device)
		return;
	attached_check(check, watch->current.map.id, watch->read_at);
	if (!check->since)
		return;
	nanosleep(&pause, NULL);
	attached_check(check, watch->current.map.id, watch->read_at + 2 * ATTACHED_CHECK_PERIOD);
}

static int sleep_until(struct stats_watch *watch, const struct timespec *deadline)
{
	sigset_t asleep;
	int err = 0;

	hold_signals(&asleep);
	if (!stopped)
		err = stats_watch_wait(watch, deadline, &asleep);
	sigprocmask(SIG_SETMASK, &asleep, NULL);
	return err;
}

static int show_rounds(struct stats_watch *watch, struct attached_check *check,
		       const struct stats_opts *opts)
{
	struct timespec next;
	unsigned int round;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (round = 0; !err && (!opts->count || round < opts->count); round++) {
		add_seconds(&next, opts->interval);
		err = sleep_until(watch, &next);
		if (err || stopped)
			break;
		err = show_round(watch, check);
	}
	if (!err && stopped) {
		err = stats_watch_poll(watch);
		if (err >= 0) {
			say_event(watch, err);
			report_text_totals(watch);
			err = output_flush();
		}
	}
	return err;
}

static int run(const struct stats_opts *opts)
{
	struct attached_check check = { .device = opts->device, .netns = opts->netns };
	struct stats_watch watch;
	char path[PATH_MAX];
	int err;

	if (check_namesake(opts))
		return EXIT_FAILED;
	err = find_path(opts, path, sizeof(path));
	if (err)
		return EXIT_BPF;
	err = open_watch(&watch, opts, path);
	if (!err && opts->once)
		show_once(&watch, &check);
	else if (!err) {
		printf("Counters of %s: map id %u\n\n", path, watch.current.map.id);
		err = output_flush();
		if (!err)
			err = show_rounds(&watch, &check, opts);
	}
	stats_watch_close(&watch);
	return !err || err == -EPIPE || stopped ? EXIT_OK : ferror(stdout) ? EXIT_FAILED : EXIT_BPF;
}

int main(int argc, char **argv)
{
	struct stats_opts opts = { .pin_base = PIN_DIR_BASE, .interval = 2 };

	int code;

	output_begin();
	log_init(option_table.tool, LOG_NORMAL);
	if (!options_parse(&option_table, argc, argv, &opts, &code))
		return code;
	log_init(option_table.tool, opts.verbosity);
	if (check_opts(&opts))
		return EXIT_USAGE;
	catch_signals();
	return output_end(run(&opts));
}
