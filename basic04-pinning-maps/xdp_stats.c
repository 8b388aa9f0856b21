// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The reader: shows what the program counts that a loader has attached, and follows reloads. All
 * that it knows of the loader is where the map is pinned and how a record is laid out.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bpffs.h"
#include "clock.h"
#include "device.h"
#include "exit_codes.h"
#include "live.h"
#include "log.h"
#include "metrics_server.h"
#include "options.h"
#include "output.h"
#include "output_file.h"
#include "pin_dir.h"
#include "privilege.h"
#include "show.h"
#include "stats_cost.h"

#define WAIT_SECONDS 0.02 /* between two looks for a pin that is not there yet */

struct stats_opts {
	struct option_list devices;
	bool all;
	const char *netns;
	const char *pin_base;
	const char *map;
	struct option_list actions;
	double interval;
	unsigned int count; /* 0: until stopped */
	bool once;
	bool wait;
	bool per_cpu;
	bool cost;
	bool live;
	bool json;
	const char *format;
	bool exact;
	const char *output;
	const char *listen;
	int verbosity;
};

#define FIELD(name_) offsetof(struct stats_opts, name_)

/* clang-format off */
static const struct option_def option_defs[] = {
	{ .group = "What to show",
	  .type = OPTION_LIST, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(devices),
	  .help = "device whose counters to show; may be repeated" },
	{ .type = OPTION_FLAG, .letter = 'a', .name = "all",
	  .offset = FIELD(all),
	  .help = "every device with pinned counters, new ones too" },
	{ .type = OPTION_STRING, .name = "map", .value = "PATH",
	  .offset = FIELD(map),
	  .help = "path of a pinned map of counters" },
	{ .type = OPTION_LIST, .name = "action", .value = "ACTION",
	  .offset = FIELD(actions),
	  .help = "show only aborted, drop, pass, tx or redirect;\n"
		  "                             may be repeated" },
	{ .type = OPTION_FLAG, .name = "per-cpu",
	  .offset = FIELD(per_cpu),
	  .help = "also show the counters of each CPU" },
	{ .type = OPTION_FLAG, .name = "cost",
	  .offset = FIELD(cost),
	  .help = "also show what the program costs: ns per packet,\n"
		  "                             and share of a CPU" },
	{ .group = "How long",
	  .type = OPTION_SECONDS, .letter = 'i', .name = "interval", .value = "SECONDS",
	  .offset = FIELD(interval),
	  .help = "time between two rounds (default: 2)" },
	{ .type = OPTION_COUNT, .letter = 'n', .name = "count", .value = "N",
	  .offset = FIELD(count),
	  .help = "stop after N rounds" },
	{ .type = OPTION_FLAG, .name = "once",
	  .offset = FIELD(once),
	  .help = "print the counters once, without rates, and stop" },
	{ .type = OPTION_FLAG, .name = "wait",
	  .offset = FIELD(wait),
	  .help = "if there is no pin yet, wait for it\n"
		  "                             (default: fail)" },
	{ .group = "Output",
	  .type = OPTION_FLAG, .name = "live",
	  .offset = FIELD(live),
	  .help = "a table updated in place; ? explains its keys" },
	{ .type = OPTION_STRING, .name = "format", .value = "FORMAT",
	  .offset = FIELD(format),
	  .help = "text (default), json, csv or openmetrics" },
	{ .type = OPTION_FLAG, .name = "json",
	  .offset = FIELD(json),
	  .help = "the same as --format json" },
	{ .type = OPTION_FLAG, .name = "exact",
	  .offset = FIELD(exact),
	  .help = "in text: 98,765,432 B instead of 98.8 MB" },
	{ .type = OPTION_STRING, .name = "output", .value = "FILE",
	  .offset = FIELD(output),
	  .help = "with --once: write to FILE; an old FILE is\n"
		  "                             replaced in one step" },
	{ .type = OPTION_STRING, .name = "listen", .value = "[ADDR:]PORT",
	  .offset = FIELD(listen),
	  .help = "serve /metrics to Prometheus (ADDR: 127.0.0.1)" },
	{ .group = "Where",
	  .type = OPTION_STRING, .name = "netns", .value = "NAME",
	  .offset = FIELD(netns),
	  .help = "network namespace of the device" },
	{ .type = OPTION_STRING, .name = "pin-base", .value = "DIR",
	  .offset = FIELD(pin_base),
	  .help = "directory of the pins (default: " BPFFS_PATH ")" },
	OPTIONS_COMMON(struct stats_opts),
};
/* clang-format on */

static const struct option_table option_table = {
	.tool = "xdp_stats",
	.usage = "xdp_stats -d IF... [OPTION]...\n"
		 "       xdp_stats --all [OPTION]...\n"
		 "       xdp_stats --map PATH [OPTION]...",
	.about = "Shows packets and bytes by XDP action, read from a pinned map. Its totals keep\n"
		 "growing when the program is reloaded.",
	.notes = "Ctrl-C stops it, and prints what was counted since its start.\n"
		 "Exit codes: 0 done, 1 failed, 2 wrong usage, 40 the map cannot be read.\n"
		 "\n"
		 "Examples:\n"
		 "  xdp_stats -d eth0                         # rates, every two seconds\n"
		 "  xdp_stats --all --live                    # every device, in a table\n"
		 "  xdp_stats --all --once --json             # the counters, for a script",
	.defs = option_defs,
	.count = sizeof(option_defs) / sizeof(option_defs[0]),
};

static volatile sig_atomic_t stopped;
static int stop_fd = -1; /* eventfd: to be read when stopped */

static void stop(int signal)
{
	const uint64_t one = 1;

	(void)signal;
	stopped = 1;
	if (write(stop_fd, &one, sizeof(one)) < 0)
		return; /* it is full: it was told already */
}

static int catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop };

	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0) {
		int err = -errno;

		log_error("could not get a descriptor for signals (eventfd): %s", strerror(-err));
		return err;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return 0;
}

static int check_opts(const struct stats_opts *opts)
{
	size_t i;

	if (!!opts->devices.count + !!opts->map + opts->all != 1) {
		log_error("which counters? Give either --dev, --all or --map; see xdp_stats "
			  "--help");
		return -EINVAL;
	}
	if (opts->cost && opts->map) {
		log_error("--cost needs a device, to find its program: give --dev or --all instead "
			  "of --map");
		return -EINVAL;
	}
	if (opts->once && opts->count) {
		log_error("--once and --count exclude each other: give one of them");
		return -EINVAL;
	}
	if (opts->output && !opts->once) {
		log_error("--output goes only with --once; see xdp_stats --help");
		return -EINVAL;
	}
	if (opts->listen && (opts->once || opts->count)) {
		log_error("--listen serves until it is stopped: give neither --once nor --count");
		return -EINVAL;
	}
	if (opts->live && (opts->once || opts->count || opts->listen)) {
		log_error("--live runs until q is pressed: give neither --once, --count nor "
			  "--listen");
		return -EINVAL;
	}
	if (opts->live && live_check())
		return -EINVAL;
	if (opts->listen && metrics_server_check(opts->listen))
		return -EINVAL;
	for (i = 0; i < opts->devices.count; i++)
		if (device_check_name(opts->devices.values[i]))
			return -EINVAL;
	return opts->netns ? device_check_netns(opts->netns) : 0;
}

/* The pins at this name may be another device's, and are not shown as this one's then. */
static int check_owner(const struct pin_dir *dir, const struct owner *owner, const char *device)
{
	char text[2 * IF_NAMESIZE + NAME_MAX + 80], now[IF_NAMESIZE];
	bool is_here = owner_is_same_netns(owner, &dir->own);
	int err;

	if (owner_is_same(owner, &dir->own))
		return 0;
	err = is_here ? owner_name_now(owner, now) : 0;
	if (err == -ENODEV)
		return 0; /* of a device that is gone */
	if (err)
		return err;
	owner_describe(owner, &dir->own, text, sizeof(text));
	if (!dir->own.ifindex && !strcmp(owner->device, device)) {
		log_warn("the pins in %s are those of %s", dir->path, text);
		return 0;
	}
	log_error("could not show the counters of %s: the pins in %s belong to %s%s%s", device,
		  dir->path, text, is_here ? "; give --dev " : "", is_here ? now : "");
	return -EEXIST;
}

static int find_dir(struct pin_dir *dir, const struct stats_opts *opts, const char *name,
		    char *device)
{
	struct owner owner;
	int ifindex = 0, err;

	snprintf(device, IF_NAMESIZE, "%s", name);
	if (!opts->netns)
		ifindex = device_find(name, device);
	err = ifindex < 0 ? ifindex : pin_dir_init(dir, opts->pin_base, opts->netns, device);
	if (err || opts->netns)
		return err;
	err = pin_dir_set_device(dir, ifindex);
	if (err || pin_dir_find(dir, &owner)) /* if that fails, opening the pin says why */
		return err;
	return check_owner(dir, &owner, device);
}

static int add_device(struct stats_set *set, const struct stats_opts *opts, const char *name)
{
	char path[PATH_MAX], device[IF_NAMESIZE];
	struct pin_dir dir;
	int err = find_dir(&dir, opts, name, device);

	if (!err)
		err = pin_dir_map_path(&dir, XDP_STATS_MAP_NAME, path, sizeof(path));
	return err ? err : stats_set_add(set, device, opts->netns, path);
}

static int add_targets(struct stats_set *set, const struct stats_opts *opts)
{
	size_t i;
	int err;

	if (opts->map)
		return stats_set_add(set, NULL, NULL, opts->map);
	err = bpffs_need(opts->pin_base);
	if (!err && opts->all)
		return stats_set_add_all(set, opts->pin_base, opts->netns);
	for (i = 0; i < opts->devices.count && !err; i++)
		err = add_device(set, opts, opts->devices.values[i]);
	return err;
}

static void say_no_pin(const struct stats_device *device)
{
	const char *path = device->watch.path, *netns = device->netns;

	if (!device->device)
		log_error("could not open %s: there is no such pin; see 'xdp_loader --list'", path);
	else if (netns && !device_has_netns(netns))
		log_error("could not find network namespace %s: see 'ip netns' for those there are",
			  netns);
	else if (netns || device_index(device->device, NULL) > 0)
		log_error("could not open %s: nothing is pinned there; load a program with "
			  "'xdp_loader %s%s%s-d %s', or give --wait",
			  path, netns ? "--netns " : "", netns ? netns : "", netns ? " " : "",
			  device->device);
}

static int wait_for(struct stats_set *set, const struct stats_device *device, bool once)
{
	int err = 0;

	log_info("waiting for %s", device->watch.path);
	while (!err && !device->watch.generation)
		err = stats_set_wait(set, clock_now() + WAIT_SECONDS, stop_fd);
	if (err > 0 && once && !device->watch.generation) {
		log_error("could not show %s: stopped before it was pinned", device->watch.path);
		return -EINTR;
	}
	return err < 0 ? err : 0;
}

/* Each device that was asked for has a map, or is waited for. */
static int check_targets(struct stats_set *set, const struct stats_opts *opts)
{
	size_t i;
	int err = 0;

	for (i = 0; i < set->count && !err; i++) {
		struct stats_device *device = set->devices[i];

		if (device->found || device->watch.generation)
			continue;
		if (opts->wait) {
			err = wait_for(set, device, opts->once);
			device->watch.event = STATS_SAME; /* that it came was waited for */
			continue;
		}
		err = device->err ? device->err : -ENOENT;
		if (!device->err) /* else it was said */
			say_no_pin(device);
	}
	return err;
}

static bool is_enough(const void *set)
{
	return stats_set_may_reopen(set) && stats_cost_may_continue(set);
}

static bool is_enough_for_output(const void *path)
{
	return output_file_is_allowed(path);
}

static void drop_privilege(const struct stats_set *set, const struct stats_opts *opts)
{
	if (opts->output)
		privilege_drop(is_enough_for_output, opts->output);
	else
		privilege_drop(opts->once ? NULL : is_enough, set);
}

static int serve(struct stats_set *set, const struct stats_opts *opts,
		 const struct report_view *view)
{
	int fd = metrics_server_listen(opts->listen);

	if (fd < 0)
		return fd;
	drop_privilege(set, opts);
	return metrics_server_run(set, view, opts->listen, fd, stop_fd);
}

/* Counters that were read are shown, served, or written to a file. */
static int run_output(struct stats_set *set, const struct stats_opts *opts, struct show *show)
{
	struct output_file file;
	int err;

	show->view.multi_device = opts->all || set->count > 1;
	if (opts->listen)
		return serve(set, opts, &show->view);
	drop_privilege(set, opts);
	if (opts->live)
		return live_show(set, &show->view, show->interval, stop_fd);
	err = opts->output ? output_file_begin(&file, opts->output) : 0;
	if (err)
		return err;
	err = show_counters(set, show, stop_fd);
	if (opts->output && err)
		output_file_drop(&file);
	if (opts->output && stats_set_missing(set))
		log_error("could not write %s: counters are missing; it stays as it was",
			  opts->output);
	return opts->output && !err ? output_file_commit(&file) : err;
}

static int run(const struct stats_opts *opts, struct show *show)
{
	int err, code = EXIT_BPF;
	struct stats_set set;

	err = stats_set_open(&set, opts->once && !opts->wait);
	if (!err)
		err = add_targets(&set, opts);
	stats_set_check_descriptors(&set);
	if (!err)
		err = check_targets(&set, opts);
	if (!err && !stopped) {
		stats_set_check_attached(&set);
		if (opts->cost)
			stats_cost_begin(&set, opts->once   ? COST_ONCE :
					       opts->listen ? COST_REQUESTS :
							      COST_ROUNDS);
		err = run_output(&set, opts, show);
		if (opts->listen || opts->output || ferror(stdout))
			code = EXIT_FAILED;
	}
	stats_set_close(&set);
	return !err || err == -EPIPE || (stopped && !opts->once) ? EXIT_OK : code;
}

int main(int argc, char **argv)
{
	struct stats_opts opts = { .pin_base = BPFFS_PATH, .interval = 2, .format = "text" };
	struct show show = { 0 };
	int code;

	log_init(option_table.tool, LOG_NORMAL);
	if (output_begin())
		return EXIT_FAILED;
	if (!options_parse(&option_table, argc, argv, &opts, &code))
		return code;
	log_init(option_table.tool, opts.verbosity);
	show.report = report_find(opts.json ? "json" : opts.format);
	if (!show.report || check_opts(&opts) ||
	    report_choose_actions(opts.actions.values, opts.actions.count, &show.view))
		return EXIT_USAGE;
	show.interval = opts.interval;
	show.count = opts.count;
	show.view.once = opts.once;
	show.view.per_cpu = opts.per_cpu;
	show.view.exact = opts.exact;
	show.view.cost = opts.cost;
	code = output_end(catch_signals() ? EXIT_FAILED : run(&opts, &show));
	free(opts.devices.values);
	free(opts.actions.values);
	return code;
}
