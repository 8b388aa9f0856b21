// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "log.h"

/* How long a packet may be under way in a program that is off the hook: softirqs are shorter. */
#define HOLD_OLD_SECONDS 0.1

/* While the directory is not there, there is nothing to be notified of. */
#define LOOK_AGAIN_SECONDS 0.01

static double seconds(const struct timespec *time)
{
	return time->tv_sec + time->tv_nsec / 1e9;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return seconds(&time);
}

static struct datarec minus(struct datarec a, struct datarec b)
{
	return (struct datarec){ .rx_packets = a.rx_packets - b.rx_packets,
				 .rx_bytes = a.rx_bytes - b.rx_bytes };
}

static struct datarec plus(struct datarec a, struct datarec b)
{
	return (struct datarec){ .rx_packets = a.rx_packets + b.rx_packets,
				 .rx_bytes = a.rx_bytes + b.rx_bytes };
}

static bool is_less(struct datarec a, struct datarec b)
{
	return a.rx_packets < b.rx_packets || a.rx_bytes < b.rx_bytes;
}

static struct datarec counted(const struct stats_account *account, __u32 action)
{
	return minus(account->totals[action], account->base[action]);
}

/* Somebody else may write to the map: where it goes backwards a new count begins. */
static int read_account(struct stats_watch *watch, struct stats_account *account)
{
	struct datarec totals[XDP_ACTION_MAX];
	__u32 action;
	int err;

	err = stats_map_read(&account->map, totals);
	for (action = 0; action < XDP_ACTION_MAX && !err; action++) {
		if (is_less(totals[action], account->totals[action])) {
			watch->past[action] = plus(watch->past[action], counted(account, action));
			account->base[action] = totals[action];
		}
		account->totals[action] = totals[action];
	}
	return err;
}

static void close_account(struct stats_watch *watch, struct stats_account *account)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		watch->past[action] = plus(watch->past[action], counted(account, action));
	stats_map_close(&account->map);
	*account = (struct stats_account){ .map.fd = -1 };
}

int stats_watch_open(struct stats_watch *watch, const char *path)
{
	int err;

	*watch = (struct stats_watch){ .path = path, .old.map.fd = -1, .notify_fd = -1 };
	err = stats_map_open(&watch->current.map, path);
	if (!err)
		err = read_account(watch, &watch->current);
	if (err)
		return err;
	memcpy(watch->current.base, watch->current.totals, sizeof(watch->current.base));
	watch->generation = 1;
	watch->pinned = true;
	watch->read_at = now();
	return 0;
}

void stats_watch_close(struct stats_watch *watch)
{
	stats_map_close(&watch->current.map);
	stats_map_close(&watch->old.map);
	if (watch->notify_fd >= 0)
		close(watch->notify_fd);
}

static int close_old(struct stats_watch *watch)
{
	int err = watch->old.map.fd >= 0 ? read_account(watch, &watch->old) : 0;

	if (!err)
		close_account(watch, &watch->old);
	return err;
}

/* The current account becomes the old one, and the new one begins at zero. */
static int change_map(struct stats_watch *watch)
{
	struct stats_map next;
	int err = stats_map_open(&next, watch->path);

	if (!err)
		err = close_old(watch);
	if (err) {
		stats_map_close(&next);
		return err;
	}
	watch->old = watch->current;
	watch->old_since = now();
	watch->current = (struct stats_account){ .map = next };
	watch->generation++;
	return 0;
}

/* Compares the map that is pinned now with the current one. What is found is kept to be told by the
 * next poll. 0 or -errno, with a message; that there is no pin is no error.
 */
static int follow(struct stats_watch *watch)
{
	bool was_pinned = watch->pinned;
	__u32 id = 0;
	int err = stats_map_pinned_id(watch->path, &id);

	if (!err && id != watch->current.map.id) {
		err = change_map(watch);
		if (!err)
			watch->event = STATS_CHANGED;
	} else if (!err && !was_pinned) {
		watch->event = STATS_BACK;
	}
	watch->pinned = !err;
	if (err != -ENOENT)
		return err;
	if (was_pinned)
		watch->event = STATS_GONE;
	return 0;
}

/* From now on changes in the path's directory are told; those of before are looked for. */
static int start_notifying(struct stats_watch *watch)
{
	const uint32_t changes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
	char directory[PATH_MAX];
	char *slash;

	if (watch->notify_fd < 0)
		watch->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	snprintf(directory, sizeof(directory), "%s", watch->path);
	slash = strrchr(directory, '/');
	if (slash)
		slash[slash == directory] = '\0';
	watch->notified = watch->notify_fd >= 0 &&
			  inotify_add_watch(watch->notify_fd, slash ? directory : ".", changes) >=
				  0;
	return follow(watch);
}

static int take_notices(struct stats_watch *watch)
{
	char notices[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *notice;
	ssize_t size, at;

	while ((size = read(watch->notify_fd, notices, sizeof(notices))) > 0)
		for (at = 0; at < size; at += sizeof(*notice) + notice->len) {
			notice = (const struct inotify_event *)(notices + at);
			if (notice->mask & IN_IGNORED) /* the directory itself is gone */
				watch->notified = false;
		}
	return follow(watch);
}

int stats_watch_wait(struct stats_watch *watch, const struct timespec *deadline,
		     const sigset_t *signals)
{
	int err = 0;

	while (!err) {
		double left = seconds(deadline) - now();
		struct pollfd poll = { .fd = watch->notify_fd, .events = POLLIN };
		struct timespec timeout;
		int ready;

		if (left <= 0)
			break;
		if (!watch->notified) {
			err = start_notifying(watch);
			if (err)
				break;
			poll.fd = watch->notify_fd;
		}
		if (!watch->notified && left > LOOK_AGAIN_SECONDS)
			left = LOOK_AGAIN_SECONDS;
		timeout.tv_sec = (time_t)left;
		timeout.tv_nsec = (long)((left - timeout.tv_sec) * 1e9);
		ready = ppoll(&poll, 1, &timeout, signals);
		if (ready < 0)
			break; /* a signal: the caller knows which */
		if (ready > 0)
			err = take_notices(watch);
	}
	return err;
}

static void sum_up(struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		struct datarec before = watch->totals[action];

		watch->totals[action] =
			plus(watch->past[action],
			     plus(counted(&watch->current, action), counted(&watch->old, action)));
		watch->rates[action] = minus(watch->totals[action], before);
	}
}

int stats_watch_poll(struct stats_watch *watch)
{
	enum stats_event event;
	double read_at;
	int err = follow(watch);

	if (!err)
		err = read_account(watch, &watch->current);
	if (!err && watch->old.map.fd >= 0)
		err = read_account(watch, &watch->old);
	if (err)
		return err;

	read_at = now();
	watch->period = read_at - watch->read_at;
	watch->read_at = read_at;
	sum_up(watch);
	if (watch->old.map.fd >= 0 && read_at - watch->old_since > HOLD_OLD_SECONDS)
		close_account(watch, &watch->old);
	event = watch->event;
	watch->event = STATS_SAME;
	return event;
}
