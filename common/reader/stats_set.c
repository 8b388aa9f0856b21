// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_set.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "folder.h"
#include "log.h"
#include "map_pin.h"
#include "stats_cost.h"
#include "stats_device.h"
#include "stats_notify.h"

/* Each device is an open map. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* To close what notices come by takes the kernel 15 ms: for one look it is not opened. */
int stats_set_open(struct stats_set *set, bool once)
{
	*set = (struct stats_set){ .notify_fd = -1, .link_fd = -1, .run_stats.fd = -1 };
	set->looked_at = set->folders_at = clock_now();
	raise_descriptor_limit();
	if (!once)
		stats_notify_open(set);
	return stats_buffer_open(&set->buffer);
}

void stats_set_close(struct stats_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		stats_device_close(set, set->devices[i]);
	for (i = 0; i < set->folder_count; i++) {
		free(set->folders[i].path);
		free(set->folders[i].netns);
	}
	for (i = 0; i < set->left_out_count; i++)
		free(set->left_out[i]);
	free(set->devices);
	free(set->folders);
	stats_buffer_close(&set->buffer);
	if (set->notify_fd >= 0)
		close(set->notify_fd);
	if (set->link_fd >= 0)
		close(set->link_fd);
	run_stats_end(&set->run_stats);
	*set = (struct stats_set){ .notify_fd = -1, .link_fd = -1, .run_stats.fd = -1 };
}

int stats_set_add(struct stats_set *set, const char *name, const char *netns, const char *path)
{
	struct stats_device *device;
	int err;

	if (stats_device_at(set, path))
		return 0;
	device = stats_device_add(set, name, netns, path);
	if (!device) {
		log_error("could not watch %s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	err = stats_device_open(set, device);
	return err || set->notify_fd < 0 ? err : stats_device_follow(set, device);
}

/* A pin takes one, a second one just after its map was replaced, and a program's cost one.
 * --listen has 512 clients at most.
 */
#define OTHER_DESCRIPTORS 600

void stats_set_check_descriptors(struct stats_set *set)
{
	const struct stats_device *first = NULL;
	size_t starved = 0, i, needed = (set->cost ? 3 : 2) * set->count + OTHER_DESCRIPTORS;
	struct rlimit limit = { 0 };

	for (i = 0; i < set->count; i++) {
		if (set->devices[i]->err != -EMFILE)
			continue;
		first = first ? first : set->devices[i];
		starved++;
	}
	if (starved && needed > set->descriptors_said) {
		getrlimit(RLIMIT_NOFILE, &limit);
		log_error(
			"could not open %zu of %zu pins, %s first: %s; this process may open %llu "
			"files, and needs %zu: 'ulimit -n %zu'",
			starved, set->count, first->watch.path, strerror(EMFILE),
			(unsigned long long)limit.rlim_cur, needed, needed);
	}
	set->descriptors_said = starved ? needed : 0;
}

/* Finds what no notice has reported. Without inotify it finds everything. */
int stats_set_rescan(struct stats_set *set)
{
	int err = stats_notify_look(set, false);

	stats_set_check_descriptors(set);
	return err;
}

static struct timespec time_until(double time)
{
	double left = time - clock_now();

	if (left <= 0)
		return (struct timespec){ 0 };
	return (struct timespec){ .tv_sec = (time_t)left,
				  .tv_nsec = (long)((left - (time_t)left) * 1e9) };
}

/* Takes notices even after the deadline: a reader that is late each time would never see them. */
int stats_set_wait(struct stats_set *set, double deadline, int wake_fd)
{
	struct pollfd polls[] = {
		{ .fd = set->notify_fd, .events = POLLIN },
		{ .fd = set->link_fd, .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	bool is_late = false, is_woken = false;
	int err = 0;

	while (!err && !is_late && !is_woken) {
		double look = set->looked_at +
			      (set->unwatched ? STATS_UNWATCHED_SECONDS : STATS_LOOK_AGAIN_SECONDS);
		struct timespec timeout = time_until(look < deadline ? look : deadline);

		if (ppoll(polls, 3, &timeout, NULL) < 0) {
			if (errno == EINTR)
				continue;
			err = -errno;
			log_error("could not wait: %s", strerror(-err));
			break;
		}
		if (polls[1].revents)
			stats_notify_take_links(set);
		if (polls[0].revents)
			err = stats_notify_take(set);
		is_late = clock_now() >= deadline;
		is_woken = polls[2].revents;
		if (!err && (is_late || clock_now() >= look))
			err = stats_set_rescan(set);
	}
	return err ? err : is_woken;
}

static void say_event(const struct stats_watch *watch, int event)
{
	char when[16];
	struct tm parts;

	if (event == STATS_CHANGED && watch->generation == 1) {
		log_info("%s has come: map id %u", watch->path, watch->current.map.id);
	} else if (event == STATS_CHANGED) {
		strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&watch->since.tv_sec, &parts));
		log_info("%s is another map now: id %u, generation %u, since %s.%03ld", watch->path,
			 watch->current.map.id, watch->generation, when,
			 watch->since.tv_nsec / 1000000);
	} else if (event == STATS_GONE) {
		log_info("%s is gone: showing the map it was, and waiting for another",
			 watch->path);
	} else if (event == STATS_BACK) {
		log_info("%s is back", watch->path);
	}
}

static bool has_counted(const struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (watch->counted[action].rx_packets)
			return true;
	return false;
}

int stats_set_poll(struct stats_set *set, struct stats_device *device)
{
	const struct stats_watch *watch = &device->watch;
	int event = stats_watch_poll(&device->watch, &set->buffer);

	device->read_err = event < 0 ? event : 0;
	if (event < 0)
		return stats_device_failure(set, device, event);
	say_event(watch, event);
	stats_cost_read(set, device, has_counted(watch));
	if (watch->pinned) /* else it was said that the pin is gone */
		pin_mismatch_check_round(&device->mismatch, watch->current.map.id,
					 has_counted(watch), watch->read_at);
	return 0;
}

/* Checks a second time if something is wrong, as it may be so for a moment of a reload. */
void stats_set_check_attached(struct stats_set *set)
{
	const struct timespec pause = { .tv_nsec = PIN_MISMATCH_PERIOD * 1e9 };
	bool wrong = true;
	int look;
	size_t i;

	for (look = 0; look < 2 && wrong; look++) {
		if (look)
			nanosleep(&pause, NULL);
		wrong = false;
		for (i = 0; i < set->count; i++) {
			struct stats_device *device = set->devices[i];

			if (!device->device || !device->watch.generation)
				continue;
			pin_mismatch_check(&device->mismatch, device->watch.current.map.id,
					   device->watch.read_at + look * 2 * PIN_MISMATCH_PERIOD);
			wrong |= device->mismatch.since > 0;
		}
	}
}

static bool leaves_out(int err)
{
	return err && err != -EMEDIUMTYPE && err != -EACCES && err != -EPERM;
}

int stats_set_missing(const struct stats_set *set)
{
	size_t i;

	for (i = 0; i < set->folder_count; i++) {
		const struct stats_folder *folder = &set->folders[i];

		/* Without the base everything is missing, whatever the reason. */
		if (folder->err && (!folder->netns || leaves_out(folder->err)))
			return folder->err;
	}
	for (i = 0; i < set->count; i++) {
		const struct stats_device *device = set->devices[i];

		if (device->read_err || leaves_out(device->err))
			return device->read_err ? device->read_err : device->err;
	}
	return 0;
}

/* A pin that is not there can be opened as far as can be told. */
static bool may_open(const char *path)
{
	int fd = map_pin_try(path, MAP_PIN_READ);

	if (fd >= 0)
		close(fd);
	return fd != -EACCES && fd != -EPERM;
}

/* Tries any name: the kernel checks the rights before it looks for the pin. */
static bool may_find(const struct stats_folder *folder)
{
	DIR *entries = opendir(folder->path);
	char path[PATH_MAX];

	if (!entries)
		return errno != EACCES;
	closedir(entries);
	return snprintf(path, sizeof(path), "%s/" XDP_STATS_MAP_NAME, folder->path) >=
		       (int)sizeof(path) ||
	       may_open(path);
}

bool stats_set_may_reopen(const struct stats_set *set)
{
	bool may = true;
	size_t i;

	for (i = 0; i < set->folder_count && may; i++)
		may = may_find(&set->folders[i]);
	for (i = 0; i < set->count && may; i++)
		may = set->devices[i]->err || may_open(set->devices[i]->watch.path);
	return may;
}
