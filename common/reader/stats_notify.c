// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_notify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "clock.h"
#include "folder.h"
#include "log.h"
#include "stats_device.h"
#include "stats_find.h"

void stats_notify_open(struct stats_set *set)
{
	const struct sockaddr_nl links = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };

	set->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (set->notify_fd < 0)
		log_warn("could not watch the pin directories for changes: %s; looking there "
			 "each round and each second instead; what maps between two looks count is "
			 "missing from the totals",
			 strerror(errno));
	/* Without it changes of what is attached are seen later. */
	set->link_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (set->link_fd >= 0 && bind(set->link_fd, (const struct sockaddr *)&links, sizeof(links)))
		log_info("could not watch devices for changes: %s", strerror(errno));
}

static bool of_directory(const struct stats_device *device, const struct inotify_event *notice)
{
	const char *path = device->watch.path, *end = strrchr(path, '/');
	size_t length = notice->len ? strlen(notice->name) : 0;

	return length && end && (size_t)(end - path) > length && end[-(ssize_t)length - 1] == '/' &&
	       !strncmp(end - length, notice->name, length);
}

/* What a notice of the directory, or of the one above, says of a device in it. */
static int take_notice(struct stats_set *set, struct stats_device *device,
		       const struct inotify_event *notice)
{
	const char *pin = strrchr(device->watch.path, '/');
	bool comes = notice->mask & (IN_CREATE | IN_MOVED_TO);
	bool of_pin = notice->len && !strcmp(notice->name, pin ? pin + 1 : device->watch.path);

	device->unseen_dirs += comes && notice->wd == device->parent &&
			       of_directory(device, notice);
	if (notice->wd != device->dir) { /* of the directory above */
		if (!of_directory(device, notice) && !(notice->mask & IN_IGNORED))
			return 0;
		return stats_device_enter(set, device);
	}
	if (device->has_dir && !(notice->mask & IN_IGNORED)) {
		device->unseen += of_pin && comes;
		device->cost.due = true; /* a load begins or ends */
		return of_pin ? stats_device_follow(set, device) : 0;
	}
	return stats_device_enter(set, device);
}

/* A folder that came, or went: one of a network namespace may be held open, and say nothing itself.
 */
static void take_entry_notice(struct stats_set *set, const struct stats_folder *folder,
			      const struct inotify_event *notice)
{
	char path[PATH_MAX];
	struct stats_folder *gone;

	snprintf(path, sizeof(path), "%s/%s", folder->path, notice->name);
	gone = stats_find_folder_at(set, path);
	if (gone && !(notice->mask & IN_ATTRIB))
		stats_find_forget_folder(set, gone);
	if (notice->mask & (IN_CREATE | IN_MOVED_TO))
		stats_find_entry(set, folder, notice->name);
}

static void take_folder_notice(struct stats_set *set, const struct inotify_event *notice)
{
	size_t i;

	for (i = 0; i < set->folder_count; i++) {
		/* A copy: what is found may be a folder too. */
		struct stats_folder folder = set->folders[i];

		if (folder.dir != notice->wd)
			continue;
		if (notice->mask & IN_IGNORED) {
			set->folders[i].dir = -1;
			set->unwatched = true;
		} else if (notice->mask & IN_ISDIR && notice->len) {
			take_entry_notice(set, &folder, notice);
		}
		return;
	}
}

/* Whether another directory than before is at its path: all that is below may be another one too.
 * The base may come back; the folder of a network namespace is found again there.
 */
static bool look_at_folder(struct stats_set *set, size_t i, bool all)
{
	struct stats_folder *folder = &set->folders[i];
	int before = folder->dir,
	    now = inotify_add_watch(set->notify_fd, folder->path, STATS_CHANGES);

	if (now < 0 && errno == ENOENT && folder->netns) {
		stats_find_forget_folder(set, folder);
		return false;
	}
	folder->dir = now;
	set->unwatched |= now < 0;
	if (all || now != before || now < 0 || folder->err)
		stats_find_entries(set, i);
	return now != before;
}

static bool look_at_folders(struct stats_set *set, bool all)
{
	bool is_due = all || set->looked_at - set->folders_at >= STATS_LOOK_AGAIN_SECONDS;
	bool found = false;
	size_t i;

	if (is_due)
		set->folders_at = set->looked_at;
	for (i = set->folder_count; i-- > 0;) /* backwards: one may be forgotten */
		if (is_due || set->folders[i].dir < 0 || set->folders[i].err)
			found |= look_at_folder(set, i, all);
	return found;
}

int stats_notify_look(struct stats_set *set, bool all)
{
	size_t i;
	int err = 0;

	set->looked_at = clock_now();
	set->unwatched = false;
	all |= look_at_folders(set, all);
	for (i = 0; i < set->count && !err; i++) {
		struct stats_device *device = set->devices[i];

		stats_device_check_noticed(device, set->looked_at);
		if (all || device->dir < 0)
			err = stats_device_enter(set, device);
		else if (set->looked_at - device->watch.followed_at >= STATS_LOOK_AGAIN_SECONDS)
			err = stats_device_look(set, device);
	}
	stats_find_forget_gone(set);
	return err;
}

/* A pin was replaced meanwhile: not all of its notices may have come. */
static void say_overflow(struct stats_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->devices[i]->watch.opened)
			stats_device_say_unnoticed(set->devices[i], "notices of changes were lost");
}

int stats_notify_take(struct stats_set *set)
{
	char notices[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *notice;
	ssize_t size, at;
	size_t i;
	int err = 0;

	while (!err && (size = read(set->notify_fd, notices, sizeof(notices))) > 0) {
		for (at = 0; at < size && !err; at += sizeof(*notice) + notice->len) {
			notice = (const struct inotify_event *)(notices + at);
			if (notice->mask & IN_Q_OVERFLOW) {
				err = stats_notify_look(set, true);
				say_overflow(set);
				continue;
			}
			for (i = 0; i < set->count && !err; i++)
				if (set->devices[i]->dir == notice->wd ||
				    set->devices[i]->parent == notice->wd)
					err = take_notice(set, set->devices[i], notice);
			take_folder_notice(set, notice);
		}
	}
	for (i = 0; i < set->count; i++)
		stats_device_warn_missed(set->devices[i]);
	stats_find_forget_gone(set);
	return err;
}

/* What is attached to the device may be something else now. NULL: to any. */
static void look_at_attached(struct stats_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct stats_device *device = set->devices[i];

		if (!name || (device->device && !device->netns && !strcmp(device->device, name)))
			device->mismatch.due = device->cost.due = true;
	}
}

static void take_link_notice(struct stats_set *set, const struct nlmsghdr *message)
{
	const struct ifinfomsg *link = NLMSG_DATA(message);
	const struct rtattr *attribute = IFLA_RTA(link);
	int left = IFLA_PAYLOAD(message);

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == IFLA_IFNAME)
			look_at_attached(set, RTA_DATA(attribute));
}

void stats_notify_take_links(struct stats_set *set)
{
	char notices[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size;

	while ((size = recv(set->link_fd, notices, sizeof(notices), 0)) > 0) {
		const struct nlmsghdr *message = (const struct nlmsghdr *)notices;

		for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size))
			if (message->nlmsg_type == RTM_NEWLINK)
				take_link_notice(set, message);
	}
	if (errno == ENOBUFS) /* some were lost */
		look_at_attached(set, NULL);
}
