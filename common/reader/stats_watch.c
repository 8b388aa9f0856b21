// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "map_pin.h"

/* How long a packet may be under way in a program that is off the hook: softirqs are shorter. */
#define HOLD_OLD_SECONDS 0.1

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
static int read_account(struct stats_watch *watch, struct stats_account *account,
			struct stats_buffer *buffer)
{
	struct datarec totals[XDP_ACTION_MAX];
	__u32 action;
	int err;

	err = stats_map_read(&account->map, buffer, totals);
	for (action = 0; action < XDP_ACTION_MAX && !err; action++) {
		if (is_less(totals[action], account->totals[action])) {
			watch->past[action] = plus(watch->past[action], counted(account, action));
			account->base[action] = totals[action];
		}
		account->totals[action] = totals[action];
	}
	return err;
}

static struct stats_closed *find_closed(const struct stats_watch *watch, __u32 id)
{
	unsigned int i;

	for (i = 0; i < watch->closed_count && i < STATS_CLOSED_MAX; i++)
		if (watch->closed[i].id == id)
			return &watch->closed[i];
	return NULL;
}

static void drop_closed(struct stats_watch *watch, __u32 id)
{
	if (id > watch->dropped_id)
		watch->dropped_id = id;
}

/* Room for one more: twice as much when it is full, at last in place of the oldest. */
static struct stats_closed *add_closed(struct stats_watch *watch)
{
	unsigned int count = watch->closed_count;
	struct stats_closed *closed = watch->closed;

	if (count < STATS_CLOSED_MAX && !(count & (count - 1))) {
		closed = reallocarray(closed, count ? 2 * count : 1, sizeof(*closed));
		if (!closed)
			return NULL;
		watch->closed = closed;
	}
	if (count >= STATS_CLOSED_MAX)
		drop_closed(watch, closed[count % STATS_CLOSED_MAX].id);
	return &closed[watch->closed_count++ % STATS_CLOSED_MAX];
}

static void close_account(struct stats_watch *watch, struct stats_account *account)
{
	struct stats_closed *closed = find_closed(watch, account->map.id);
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		watch->past[action] = plus(watch->past[action], counted(account, action));
	if (!closed)
		closed = add_closed(watch);
	if (closed) {
		closed->id = account->map.id;
		memcpy(closed->totals, account->totals, sizeof(closed->totals));
	} else {
		drop_closed(watch, account->map.id);
	}
	stats_map_close(&account->map);
	*account = (struct stats_account){ .map.fd = -1 };
}

int stats_watch_open(struct stats_watch *watch, const char *path, bool is_new)
{
	struct stat file;

	*watch = (struct stats_watch){
		.path = strdup(path), .current.map.fd = -1, .old.map.fd = -1, .read_at = clock_now()
	};
	if (!watch->path) {
		log_error("could not watch %s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	if (!is_new && !stat(path, &file))
		watch->first_inode = file.st_ino;
	return 0;
}

void stats_watch_close(struct stats_watch *watch)
{
	stats_map_close(&watch->current.map);
	stats_map_close(&watch->old.map);
	free(watch->closed);
	free(watch->path);
	watch->closed = NULL;
	watch->path = NULL;
}

/* A map that was closed and comes back, as when a load is undone, continues from its earlier count.
 * The kernel's IDs rise: one that is not higher than the dropped ones may belong to such a map.
 */
static int open_account(struct stats_watch *watch, struct stats_account *account,
			const struct stats_map *map, struct stats_buffer *buffer)
{
	const struct stats_closed *closed = find_closed(watch, map->id);
	int err;

	*account = (struct stats_account){ .map = *map };
	if (closed) {
		memcpy(account->totals, closed->totals, sizeof(account->totals));
		memcpy(account->base, closed->totals, sizeof(account->base));
	}
	err = read_account(watch, account, buffer);
	if (!err && !closed && map->id <= watch->dropped_id) {
		memcpy(account->base, account->totals, sizeof(account->base));
		log_warn(
			"%s: map %u may have been pinned here before the last %d maps: what it has "
			"counted until now is left out of the totals",
			watch->path, map->id, STATS_CLOSED_MAX);
	}
	return err;
}

static int close_old(struct stats_watch *watch, struct stats_buffer *buffer)
{
	int err;

	if (watch->old.map.fd < 0)
		return 0;
	err = read_account(watch, &watch->old, buffer);
	if (!err)
		close_account(watch, &watch->old);
	return err;
}

/* The current account becomes the old one. The one before is closed first: @map may be its. */
static int change_map(struct stats_watch *watch, const struct stats_map *map,
		      struct stats_buffer *buffer)
{
	struct stats_account next;
	int err = close_old(watch, buffer);

	if (!err)
		err = open_account(watch, &next, map, buffer);
	if (err)
		return err;
	watch->old = watch->current;
	watch->old_since = clock_now();
	watch->current = next;
	watch->generation++;
	clock_gettime(CLOCK_REALTIME, &watch->since);
	watch->event = STATS_CHANGED;
	return 0;
}

/* What was counted before the watch began is not of its time. */
static void leave_out(struct stats_watch *watch)
{
	memcpy(watch->current.base, watch->current.totals, sizeof(watch->current.base));
	memcpy(watch->before, watch->current.totals, sizeof(watch->before));
	watch->event = STATS_SAME;
}

static bool is_same(const struct stats_watch *watch, const struct stat *file)
{
	return file->st_ino == watch->inode && file->st_ctim.tv_sec == watch->changed.tv_sec &&
	       file->st_ctim.tv_nsec == watch->changed.tv_nsec;
}

/* Whether what could not be used may be usable now. What a pin stands for does not change. */
static bool may_have_healed(const struct stats_watch *watch)
{
	int fd;

	if (!watch->err)
		return true;
	if (watch->err == -EMEDIUMTYPE)
		return false;
	fd = map_pin_try(watch->path, MAP_PIN_READ);
	if (fd >= 0)
		close(fd);
	return fd != watch->err;
}

/* A pin that is the same file as before is a pin of the same map; in another one the map's ID
 * tells.
 */
int stats_watch_follow(struct stats_watch *watch, struct stats_buffer *buffer)
{
	bool was_pinned = watch->pinned;
	struct stat file;
	struct stats_map map;
	int err;

	watch->followed_at = clock_now();
	if (stat(watch->path, &file))
		file = (struct stat){ 0 }; /* why, the open below says */
	if (is_same(watch, &file) && (was_pinned || !may_have_healed(watch)))
		return watch->err;
	err = stats_map_open(&map, watch->path);
	if (!err && watch->generation && map.id == watch->current.map.id) {
		if (!was_pinned)
			watch->event = STATS_BACK;
		stats_map_close(&map);
	} else if (!err) {
		err = change_map(watch, &map, buffer);
		if (!err && watch->generation == 1 && file.st_ino == watch->first_inode)
			leave_out(watch);
	}
	watch->pinned = !err;
	watch->opened += file.st_ino && file.st_ino != watch->inode;
	watch->inode = file.st_ino;
	watch->changed = file.st_ctim;
	if (file.st_ino)
		watch->made = file.st_mtim;
	watch->err = err == -ENOENT ? 0 : err;
	if (err)
		stats_map_close(&map);
	if (err && was_pinned)
		watch->gone_at = watch->followed_at;
	if (err == -ENOENT && was_pinned)
		watch->event = STATS_GONE;
	return watch->err;
}

static void sum_up(struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++) {
		struct datarec before = watch->totals[action];

		watch->totals[action] =
			plus(watch->past[action],
			     plus(counted(&watch->current, action), counted(&watch->old, action)));
		watch->counted[action] = minus(watch->totals[action], before);
	}
}

int stats_watch_poll(struct stats_watch *watch, struct stats_buffer *buffer)
{
	enum stats_event event = watch->event;
	double read_at;
	int err = 0;

	if (watch->old.map.fd >= 0)
		err = read_account(watch, &watch->old, buffer);
	if (!err && watch->current.map.fd >= 0)
		err = read_account(watch, &watch->current, buffer);
	if (err)
		return err;

	read_at = clock_now();
	watch->period = read_at - watch->read_at;
	watch->read_at = read_at;
	sum_up(watch);
	if (watch->old.map.fd >= 0 && read_at - watch->old_since > HOLD_OLD_SECONDS)
		close_account(watch, &watch->old);
	watch->event = STATS_SAME;
	return event;
}
