// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "clock.h"
#include "device.h"
#include "live_past.h"
#include "log.h"
#include "stats_cost.h"

static int by_path(const void *a, const void *b)
{
	const struct stats_device *one = a, *other = b;

	return strcmp(one->watch.path, other->watch.path);
}

static void free_device(struct stats_device *device)
{
	stats_watch_close(&device->watch);
	program_cost_close(&device->cost);
	live_past_free(device->past);
	free(device->device);
	free(device->netns);
	free(device);
}

void stats_device_close(struct stats_set *set, struct stats_device *device)
{
	tdelete(device, &set->by_path, by_path);
	free_device(device);
}

static void cut_last_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		strcpy(path, ".");
	else
		slash[slash == path] = '\0';
}

void stats_device_warn_missed(struct stats_device *device)
{
	const int opened = (int)device->watch.opened;

	if (device->found && !device->device) /* it is nobody's */
		device->unseen = device->unseen_dirs = 0;
	device->watch.opened = 0;
	device->unseen -= opened;
	if (device->unseen > 0) {
		log_warn("%s was replaced %d times before it could be looked at: what the maps "
			 "between have counted is missing from the totals",
			 device->watch.path, device->unseen + !!opened);
		device->unseen = 0;
	}
	if (device->unseen_dirs > 0) {
		log_warn("the directory of %s was made again before it could be looked at: what "
			 "maps in the one before have counted may be missing from the totals",
			 device->watch.path);
		device->unseen_dirs = 0;
	}
}

/* From now on notices are of another directory; pins that were there before tell nothing. */
static void change_directory(struct stats_device *device)
{
	device->unseen_dirs -= device->has_dir;
	stats_device_warn_missed(device);
	device->unseen = 0;
}

void stats_device_say_unnoticed(struct stats_device *device, const char *why)
{
	log_warn("%s was replaced, and %s: what maps between have counted may be missing from the "
		 "totals",
		 device->watch.path, why);
	device->unseen = 0;
	device->watch.opened = 0;
}

/* A notice that has not come for so long does not come. */
void stats_device_check_noticed(struct stats_device *device, double now)
{
	stats_device_warn_missed(device);
	if (device->dir < 0 || (device->unseen >= 0 && device->unseen_dirs >= 0)) {
		device->doubtful_at = 0;
	} else if (device->doubtful_at <= 0) {
		device->doubtful_at = now;
	} else if (now - device->doubtful_at >= STATS_UNWATCHED_SECONDS) {
		if (device->unseen < 0)
			stats_device_say_unnoticed(device, "no notice of that came");
		device->unseen_dirs = 0;
	}
}

/* Whether the caller may not pass through the pin's directory. */
static bool is_closed(const struct stats_device *device)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", device->watch.path);
	cut_last_name(folder);
	return faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) && errno == EACCES;
}

/* A load makes its directory for itself alone, and lets others read it when it is done. */
static bool may_be_allowed_soon(const struct stats_device *device)
{
	return device->refused_at > 0 && clock_now() - device->refused_at < STATS_UNWATCHED_SECONDS;
}

/* The nearest directory above the pin that is there is watched: what is missing will come there. A
 * directory that comes between the two tries is found by going round again. So is the one above the
 * pin's directory: a removed directory says nothing while somebody holds it open.
 */
static void watch_directory(struct stats_set *set, struct stats_device *device)
{
	char path[PATH_MAX], pin_dir[PATH_MAX];
	int before = device->dir;

	snprintf(pin_dir, sizeof(pin_dir), "%s", device->watch.path);
	cut_last_name(pin_dir);
	if (set->notify_fd < 0) {
		device->dir = -1;
		device->parent = -1;
		device->has_dir = !access(pin_dir, F_OK);
		set->unwatched = true;
		return;
	}
	do {
		strcpy(path, pin_dir);
		cut_last_name(path);
		device->parent = inotify_add_watch(set->notify_fd, path, STATS_CHANGES);
		strcpy(path, pin_dir);
		device->dir = inotify_add_watch(set->notify_fd, path, STATS_CHANGES);
		device->has_dir = device->dir >= 0;
		while (device->dir < 0 && errno == ENOENT && strcmp(path, "/") &&
		       strcmp(path, ".")) {
			cut_last_name(path);
			device->dir = inotify_add_watch(set->notify_fd, path, STATS_CHANGES);
		}
	} while (!device->has_dir && device->dir >= 0 && !access(pin_dir, F_OK));
	if (device->dir < 0) {
		device->has_dir = !access(pin_dir, F_OK);
		set->unwatched = true;
	}
	if (device->dir != before)
		change_directory(device);
	if (device->dir < 0 && !set->said_no_notices && !may_be_allowed_soon(device)) {
		log_warn("could not watch %s for changes: %s; looking there each round and "
			 "each second instead; what maps between two looks count is missing from "
			 "the totals",
			 pin_dir, strerror(errno));
		set->said_no_notices = true;
	}
}

/* One of many does not end the others, unless it is still waited for; and what others use up now
 * they may give back.
 */
int stats_device_failure(const struct stats_set *set, const struct stats_device *device, int err)
{
	bool may_pass = err == -EMFILE || err == -ENFILE || err == -ENOMEM;

	bool is_needed = set->count == 1 || !device->watch.generation;

	return is_needed && !device->found && !may_pass ? err : 0;
}

/* A device that was found has a name as soon as its directory has an owner: before the first pin.
 * 0, or as owner_read().
 */
static int find_owner(struct stats_set *set, struct stats_device *device)
{
	char folder[PATH_MAX], now[IF_NAMESIZE], netns[64];
	struct owner owner;
	int err;

	if (!device->found || device->device)
		return 0;
	snprintf(folder, sizeof(folder), "%s", device->watch.path);
	cut_last_name(folder);
	err = owner_read(&owner, AT_FDCWD, folder);
	if (err)
		return err;
	if (device->netns && *owner.netns_name) {
		free(device->netns);
		device->netns = strdup(owner.netns_name);
	} else if (!device->netns && owner_is_same_netns(&owner, &set->here)) {
		err = device_name(owner.ifindex, now);
		if (err == -EMFILE)
			return err; /* all of these are reported as one */
		if (err && err != -ENODEV)
			log_error("could not look for the device of index %d: %s", owner.ifindex,
				  strerror(-err));
		if (!err)
			strcpy(owner.device, now);
	} else if (!device->netns) { /* a label that tells it from one of that name here */
		snprintf(netns, sizeof(netns), "%s:%llu", owner.has_cookie ? "cookie" : "inode",
			 owner.netns);
		device->netns = strdup(netns);
	}
	device->device = strdup(owner.device);
	device->mismatch.device = device->device;
	device->mismatch.netns = device->netns;
	return 0;
}

/* In a directory without an owner nothing is a device's. */
static int look_at_pin(struct stats_set *set, struct stats_device *device)
{
	bool is_first = !set->has_begun && device->watch.followed_at <= 0;
	int err;

	device->watch.followed_at = clock_now();
	if (is_first || !is_closed(device))
		device->refused_at = 0;
	else if (device->refused_at <= 0)
		device->refused_at = device->watch.followed_at;
	if (may_be_allowed_soon(device))
		return 0; /* an error would end a set of one */
	err = find_owner(set, device);
	if (!err)
		err = stats_watch_follow(&device->watch, &set->buffer);
	else if (err == -ENOENT)
		err = 0;
	else if (err != device->err && err != -EMFILE)
		log_error("could not read whose %s is: %s", device->watch.path, strerror(-err));
	device->err = err;
	device->mismatch.due |= device->watch.event != STATS_SAME;
	if (device->watch.event != STATS_SAME)
		stats_cost_look(set, device);
	return err;
}

int stats_device_follow(struct stats_set *set, struct stats_device *device)
{
	return stats_device_failure(set, device, look_at_pin(set, device));
}

int stats_device_enter(struct stats_set *set, struct stats_device *device)
{
	int err = stats_device_follow(set, device);

	if (err)
		return err;
	watch_directory(set, device);
	return stats_device_follow(set, device);
}

/* Without a notice the pin may be in a directory that sends none. */
int stats_device_look(struct stats_set *set, struct stats_device *device)
{
	ino_t before = device->watch.inode;
	int err = stats_device_follow(set, device);

	if (err || (device->watch.pinned && device->watch.inode == before))
		return err;
	watch_directory(set, device);
	return stats_device_follow(set, device);
}

struct stats_device *stats_device_add(struct stats_set *set, const char *name, const char *netns,
				      const char *path)
{
	struct stats_device *device, **devices;

	if (!(set->count & (set->count - 1))) { /* full: twice as many */
		devices = reallocarray(set->devices, set->count ? 2 * set->count : 1,
				       sizeof(*devices));
		if (!devices)
			return NULL;
		set->devices = devices;
	}
	device = malloc(sizeof(*device));
	if (!device)
		return NULL;
	*device = (struct stats_device){ .device = name ? strdup(name) : NULL,
					 .netns = netns ? strdup(netns) : NULL,
					 .cost = PROGRAM_COST_NONE };
	if (stats_watch_open(&device->watch, path, set->has_begun) ||
	    !tsearch(device, &set->by_path, by_path)) {
		free_device(device);
		return NULL;
	}
	device->mismatch.device = device->device;
	device->mismatch.netns = device->netns;
	device->mismatch.due = true;
	set->devices[set->count++] = device;
	return device;
}

struct stats_device *stats_device_at(const struct stats_set *set, const char *path)
{
	const struct stats_device wanted = { .watch.path = (char *)(uintptr_t)path };
	struct stats_device *const *found = tfind(&wanted, &set->by_path, by_path);

	return found ? *found : NULL;
}

int stats_device_open(struct stats_set *set, struct stats_device *device)
{
	int err = look_at_pin(set, device); /* before notices of it come */

	watch_directory(set, device);
	device->unseen_dirs = 0;
	return err;
}
