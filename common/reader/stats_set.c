// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "folder.h"
#include "log.h"
#include "map_pin.h"
#include "pin_dir.h"

/* How often a pin is looked at of which no change is told. */
#define LOOK_AGAIN_SECONDS 10.0

/* How long a change may go unseen where none can be told. */
#define BLIND_SECONDS 1.0

/* How long a found device is shown after its pins have gone: as long as Prometheus holds a value. */
#define FORGET_SECONDS 300.0

#define CHANGES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_ONLYDIR)

static void open_notices(struct stats_set *set)
{
	const struct sockaddr_nl links = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };

	set->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (set->notify_fd < 0)
		log_warn("could not be told of changes in the pin directories: %s; looking there "
			 "each round and each second instead; what maps between two looks count is "
			 "missing from the totals",
			 strerror(errno));
	/* Without it changes of what is attached are seen later. */
	set->link_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (set->link_fd >= 0 && bind(set->link_fd, (const struct sockaddr *)&links, sizeof(links)))
		log_info("could not be told of changes of devices: %s", strerror(errno));
}

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
	*set = (struct stats_set){ .notify_fd = -1, .link_fd = -1 };
	set->looked_at = set->folders_at = stats_watch_now();
	raise_descriptor_limit();
	if (!once)
		open_notices(set);
	return stats_buffer_open(&set->buffer);
}

static void close_device(struct stats_device *device)
{
	stats_watch_close(&device->watch);
	free(device->device);
	free(device->netns);
}

void stats_set_close(struct stats_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		close_device(&set->devices[i]);
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
	*set = (struct stats_set){ .notify_fd = -1, .link_fd = -1 };
}

static void cut_last_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		strcpy(path, ".");
	else
		slash[slash == path] = '\0';
}

/* All notices that there are were taken: did pins, or directories with pins in them, go again before they
 * could be opened? Fewer notices than pins that were seen: one may still come.
 */
static void say_missed(struct stats_device *device)
{
	const int seen = (int)device->watch.seen;

	if (device->found && !device->device) /* it is nobody's */
		device->unseen = device->unseen_dirs = 0;
	device->watch.seen = 0;
	device->unseen -= seen;
	if (device->unseen > 0) {
		log_warn("%s was replaced %d times before it could be looked at: what the maps "
			 "between have counted is missing from the totals",
			 device->watch.path, device->unseen + !!seen);
		device->unseen = 0;
	}
	if (device->unseen_dirs > 0) {
		log_warn(
			"the directory of %s was made again before it could be looked at: what maps "
			"in the one before have counted may be missing from the totals",
			device->watch.path);
		device->unseen_dirs = 0;
	}
}

/* From now on notices are of another directory; pins that were there before tell nothing. */
static void change_directory(struct stats_device *device)
{
	device->unseen_dirs -= device->has_dir;
	say_missed(device);
	device->unseen = 0;
}

static void say_unnoticed(struct stats_device *device, const char *why)
{
	log_warn("%s was replaced, and %s: what maps between have counted may be missing from the "
		 "totals",
		 device->watch.path, why);
	device->unseen = 0;
	device->watch.seen = 0;
}

/* A notice that has not come for so long does not come. */
static void check_noticed(struct stats_device *device, double now)
{
	say_missed(device);
	if (device->dir < 0 || (device->unseen >= 0 && device->unseen_dirs >= 0)) {
		device->doubtful_at = 0;
	} else if (device->doubtful_at <= 0) {
		device->doubtful_at = now;
	} else if (now - device->doubtful_at >= BLIND_SECONDS) {
		if (device->unseen < 0)
			say_unnoticed(device, "no notice of that came");
		device->unseen_dirs = 0;
	}
}

/* The nearest directory above the pin that is there is watched: what is missing will come there.
 * A directory that comes between the two tries is found by going round again. So is the one above the
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
		set->blind = true;
		return;
	}
	do {
		strcpy(path, pin_dir);
		cut_last_name(path);
		device->parent = inotify_add_watch(set->notify_fd, path, CHANGES);
		strcpy(path, pin_dir);
		device->dir = inotify_add_watch(set->notify_fd, path, CHANGES);
		device->has_dir = device->dir >= 0;
		while (device->dir < 0 && errno == ENOENT && strcmp(path, "/") &&
		       strcmp(path, ".")) {
			cut_last_name(path);
			device->dir = inotify_add_watch(set->notify_fd, path, CHANGES);
		}
	} while (!device->has_dir && device->dir >= 0 && !access(pin_dir, F_OK));
	if (device->dir != before)
		change_directory(device);
	if (device->dir < 0) {
		device->has_dir = !access(pin_dir, F_OK);
		set->blind = true;
	}
	if (device->dir < 0 && !set->said_no_notices) {
		log_warn("could not be told of changes in %s: %s; looking there each round and "
			 "each second instead; what maps between two looks count is missing from "
			 "the totals",
			 pin_dir, strerror(errno));
		set->said_no_notices = true;
	}
}

/* One of many does not end the others, unless it is still waited for; and what others use up now they
 * may give back.
 */
static int failure(const struct stats_set *set, const struct stats_device *device, int err)
{
	bool may_pass = err == -EMFILE || err == -ENFILE || err == -ENOMEM;

	bool is_needed = set->count == 1 || !device->watch.generation;

	return is_needed && !device->found && !may_pass ? err : 0;
}

static int find_owner(struct stats_set *set, struct stats_device *device);

/* In a directory without an owner nothing is a device's. */
static int look_at_pin(struct stats_set *set, struct stats_device *device)
{
	int err = find_owner(set, device);

	device->watch.followed_at = stats_watch_now();
	if (!err)
		err = stats_watch_follow(&device->watch, &set->buffer);
	else if (err == -ENOENT)
		err = 0;
	else if (err != device->err)
		log_error("could not read whose %s is: %s", device->watch.path, strerror(-err));
	device->err = err;
	device->mismatch.due |= device->watch.event != STATS_SAME;
	return err;
}

static int follow(struct stats_set *set, struct stats_device *device)
{
	return failure(set, device, look_at_pin(set, device));
}

/* What no notice told of may be in a directory that none comes from. */
static int look_at_device(struct stats_set *set, struct stats_device *device)
{
	ino_t before = device->watch.inode;
	int err = follow(set, device);

	if (err || (device->watch.pinned && device->watch.inode == before))
		return err;
	watch_directory(set, device);
	return follow(set, device);
}

static struct stats_device *add_device(struct stats_set *set, const char *name, const char *netns)
{
	struct stats_device *device, *devices;

	if (!(set->count & (set->count - 1))) { /* full: twice as many */
		devices = reallocarray(set->devices, set->count ? 2 * set->count : 1,
				       sizeof(*devices));
		if (!devices)
			return NULL;
		set->devices = devices;
	}
	device = &set->devices[set->count];
	*device = (struct stats_device){ .device = name ? strdup(name) : NULL,
					 .netns = netns ? strdup(netns) : NULL };
	device->mismatch.device = device->device;
	device->mismatch.netns = device->netns;
	device->mismatch.due = true;
	set->count++;
	return device;
}

static struct stats_device *device_at(const struct stats_set *set, const char *path)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!strcmp(set->devices[i].watch.path, path))
			return &set->devices[i];
	return NULL;
}

bool stats_set_has(const struct stats_set *set, const char *path)
{
	return device_at(set, path);
}

static int open_device(struct stats_set *set, struct stats_device *device, const char *path)
{
	int err = stats_watch_open(&device->watch, path, set->has_begun);

	if (!err)
		err = look_at_pin(set, device); /* before notices of it come */
	watch_directory(set, device);
	device->unseen_dirs = 0;
	return err;
}

int stats_set_add(struct stats_set *set, const char *name, const char *netns, const char *path)
{
	struct stats_device *device;
	int err;

	if (stats_set_has(set, path))
		return 0;
	device = add_device(set, name, netns);
	if (!device) {
		log_error("could not watch %s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	err = open_device(set, device, path);
	return err ? err : follow(set, device);
}

/* ---------------------------------------------------------------- finding */

/* Somebody else's folder is left out, which is said once. */
static bool is_left_out(struct stats_set *set, const char *path)
{
	bool said = set->left_out_count == STATS_LEFT_OUT_MAX;
	size_t i;

	for (i = 0; i < set->left_out_count && !said; i++)
		said = !strcmp(set->left_out[i], path);
	if (!folder_is_left_out(path, !said))
		return false;
	if (!said)
		set->left_out[set->left_out_count] = strdup(path);
	if (!said && set->left_out[set->left_out_count])
		set->left_out_count++;
	return true;
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
		if (!owner_name_now(&owner, now))
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

/* A directory that may be a device's; whether it is, and has counters, now or later, shows by itself. */
static void find_device(struct stats_set *set, const struct stats_folder *folder, const char *name)
{
	char path[PATH_MAX];
	struct stats_device *device;

	if (strlen(name) >= IF_NAMESIZE || snprintf(path, sizeof(path), "%s/%s/" XDP_STATS_MAP_NAME,
						    folder->path, name) >= (int)sizeof(path))
		return;
	device = device_at(set, path);
	if (device) { /* it has gone before */
		look_at_device(set, device);
		return;
	}
	device = add_device(set, NULL, folder->netns);
	if (!device)
		return;
	device->found = true;
	open_device(set, device, path);
	follow(set, device);
}

static void find_folder(struct stats_set *set, const char *path, const char *netns);

static void find_entry(struct stats_set *set, const struct stats_folder *folder, const char *name)
{
	const size_t prefix = strlen(PIN_DIR_NETNS_PREFIX);
	char path[PATH_MAX];

	if (name[0] == '.' || (!folder->netns && *set->only && strcmp(name, set->only)) ||
	    snprintf(path, sizeof(path), "%s/%s", folder->path, name) >= (int)sizeof(path) ||
	    is_left_out(set, path))
		return;
	if (folder->netns || strncmp(name, PIN_DIR_NETNS_PREFIX, prefix))
		find_device(set, folder, name);
	else
		find_folder(set, path, name + prefix);
}

/* A folder that is not there has nothing. */
static int read_folder(struct stats_folder *folder, struct dirent ***entries)
{
	int before = folder->err, count = scandir(folder->path, entries, NULL, versionsort);

	folder->err = count < 0 && errno != ENOENT ? -errno : 0;
	if (folder->err && folder->err != before)
		log_error("could not read %s: %s%s", folder->path, strerror(-folder->err),
			  folder->err == -EMFILE ? "; allow more with 'ulimit -n'" : "");
	return count;
}

static void find_entries(struct stats_set *set, size_t index)
{
	struct dirent **entries = NULL;
	int count = read_folder(&set->folders[index], &entries), i;
	struct stats_folder folder = set->folders[index]; /* a copy: more may be found */

	set->blind |= count < 0;
	for (i = 0; i < count; i++) {
		if (entries[i]->d_type == DT_DIR)
			find_entry(set, &folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static struct stats_folder *folder_at(const struct stats_set *set, const char *path)
{
	size_t i;

	for (i = 0; i < set->folder_count; i++)
		if (!strcmp(set->folders[i].path, path))
			return &set->folders[i];
	return NULL;
}

/* Watched before it is read, so that nothing comes in between unseen. */
static void find_folder(struct stats_set *set, const char *path, const char *netns)
{
	struct stats_folder *folders, folder;

	if (folder_at(set, path))
		return;
	folders = reallocarray(set->folders, set->folder_count + 1, sizeof(folder));
	if (!folders)
		return;
	set->folders = folders;
	folder = (struct stats_folder){
		.path = strdup(path),
		.netns = netns ? strdup(netns) : NULL,
		.dir = inotify_add_watch(set->notify_fd, path, CHANGES),
	};
	set->blind |= folder.dir < 0;
	set->folders[set->folder_count++] = folder;
	find_entries(set, set->folder_count - 1);
}

static void forget_folder(struct stats_set *set, struct stats_folder *folder)
{
	free(folder->path);
	free(folder->netns);
	*folder = set->folders[--set->folder_count];
}

int stats_set_add_all(struct stats_set *set, const char *base, const char *netns)
{
	DIR *entries = opendir(base);
	int err;

	if (!entries) {
		log_error("could not read %s: %s%s", base, strerror(errno),
			  errno == EACCES ? "; run as root" : "");
		return -errno;
	}
	closedir(entries);
	err = owner_of(&set->here, "", 0, NULL);
	if (err)
		return err;
	if (netns)
		pin_dir_netns_name(netns, set->only);
	find_folder(set, base, NULL);
	set->has_begun = true;
	return 0;
}

/* A device that was found, and has gone: without a count at once, else when it has been shown as
 * gone for long enough.
 */
static bool is_to_forget(const struct stats_device *device)
{
	if (!device->found || device->has_dir || device->watch.pinned)
		return false;
	return !device->watch.generation ||
	       stats_watch_now() - device->watch.gone_at > FORGET_SECONDS;
}

static void forget_gone(struct stats_set *set)
{
	size_t i = 0;

	while (i < set->count) {
		if (!is_to_forget(&set->devices[i])) {
			i++;
			continue;
		}
		close_device(&set->devices[i]);
		set->devices[i] = set->devices[--set->count];
	}
}

/* ---------------------------------------------------------------- being told */

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
		watch_directory(set, device);
		return follow(set, device);
	}
	if (device->has_dir && !(notice->mask & IN_IGNORED)) {
		device->unseen += of_pin && comes;
		return of_pin ? follow(set, device) : 0;
	}
	watch_directory(set, device);
	return device->has_dir || notice->mask & IN_IGNORED ? follow(set, device) : 0;
}

/* A folder that came, or went: one of a network namespace may be held open, and say nothing itself. */
static void take_entry_notice(struct stats_set *set, const struct stats_folder *folder,
			      const struct inotify_event *notice)
{
	char path[PATH_MAX];
	struct stats_folder *gone;

	snprintf(path, sizeof(path), "%s/%s", folder->path, notice->name);
	gone = folder_at(set, path);
	if (gone && !(notice->mask & IN_ATTRIB))
		forget_folder(set, gone);
	if (notice->mask & (IN_CREATE | IN_MOVED_TO))
		find_entry(set, folder, notice->name);
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
			set->blind = true;
		} else if (notice->mask & IN_ISDIR && notice->len) {
			take_entry_notice(set, &folder, notice);
		}
		return;
	}
}

/* Whether another directory than before is at its path: all that is below may be another one too. The
 * base may come back; the folder of a network namespace is found again there.
 */
static bool look_at_folder(struct stats_set *set, size_t i, bool all)
{
	struct stats_folder *folder = &set->folders[i];
	int before = folder->dir, now = inotify_add_watch(set->notify_fd, folder->path, CHANGES);

	if (now < 0 && errno == ENOENT && folder->netns) {
		forget_folder(set, folder);
		return false;
	}
	folder->dir = now;
	set->blind |= now < 0;
	if (all || now != before || now < 0 || folder->err)
		find_entries(set, i);
	return now != before;
}

static bool look_at_folders(struct stats_set *set, bool all)
{
	bool is_due = all || set->looked_at - set->folders_at >= LOOK_AGAIN_SECONDS;
	bool found = false;
	size_t i;

	if (is_due)
		set->folders_at = set->looked_at;
	for (i = set->folder_count; i-- > 0;) /* backwards: one may be forgotten */
		if (is_due || set->folders[i].dir < 0 || set->folders[i].err)
			found |= look_at_folder(set, i, all);
	return found;
}

/* @all: also where notices come from, and what was looked at just now. */
static int look(struct stats_set *set, bool all)
{
	size_t i;
	int err = 0;

	set->looked_at = stats_watch_now();
	set->blind = false;
	all |= look_at_folders(set, all);
	for (i = 0; i < set->count && !err; i++) {
		struct stats_device *device = &set->devices[i];

		check_noticed(device, set->looked_at);
		if (all || device->dir < 0)
			watch_directory(set, device);
		else if (set->looked_at - device->watch.followed_at < LOOK_AGAIN_SECONDS)
			continue;
		err = look_at_device(set, device);
	}
	forget_gone(set);
	return err;
}

/* What was told of a pin that was replaced meanwhile may not be all. */
static void say_overflow(struct stats_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->devices[i].watch.seen)
			say_unnoticed(&set->devices[i], "notices of changes were lost");
}

static int take_notices(struct stats_set *set)
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
				err = look(set, true);
				say_overflow(set);
				continue;
			}
			for (i = 0; i < set->count && !err; i++)
				if (set->devices[i].dir == notice->wd ||
				    set->devices[i].parent == notice->wd)
					err = take_notice(set, &set->devices[i], notice);
			take_folder_notice(set, notice);
		}
	}
	for (i = 0; i < set->count; i++)
		say_missed(&set->devices[i]);
	forget_gone(set);
	return err;
}

/* What is attached to the device may be something else now. NULL: to any. */
static void look_at_attached(struct stats_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct stats_device *device = &set->devices[i];

		if (!name || (device->device && !device->netns && !strcmp(device->device, name)))
			device->mismatch.due = true;
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

static void take_link_notices(struct stats_set *set)
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

/* The net under the notices, and all there is where none come. */
int stats_set_look(struct stats_set *set)
{
	return look(set, false);
}

static struct timespec time_until(double time)
{
	double left = time - stats_watch_now();

	if (left <= 0)
		return (struct timespec){ 0 };
	return (struct timespec){ .tv_sec = (time_t)left,
				  .tv_nsec = (long)((left - (time_t)left) * 1e9) };
}

/* Also where it is late notices are taken: who is late each time would never see them. */
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
		double look = set->looked_at + (set->blind ? BLIND_SECONDS : LOOK_AGAIN_SECONDS);
		struct timespec timeout = time_until(look < deadline ? look : deadline);

		if (ppoll(polls, 3, &timeout, NULL) < 0) {
			if (errno == EINTR)
				continue;
			err = -errno;
			log_error("could not wait: %s", strerror(-err));
			break;
		}
		if (polls[1].revents)
			take_link_notices(set);
		if (polls[0].revents)
			err = take_notices(set);
		is_late = stats_watch_now() >= deadline;
		is_woken = polls[2].revents;
		if (!err && (is_late || stats_watch_now() >= look))
			err = stats_set_look(set);
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
		if (watch->rates[action].rx_packets)
			return true;
	return false;
}

int stats_set_poll(struct stats_set *set, struct stats_device *device)
{
	const struct stats_watch *watch = &device->watch;
	int event = stats_watch_poll(&device->watch, &set->buffer);

	device->read_err = event < 0 ? event : 0;
	if (event < 0)
		return failure(set, device, event);
	say_event(watch, event);
	if (watch->pinned) /* else it was said that the pin is gone */
		pin_mismatch_check_round(&device->mismatch, watch->current.map.id,
					 has_counted(watch), watch->read_at);
	return 0;
}

/* Twice where something is wrong: in a reload, it may be for a moment. */
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
			struct stats_device *device = &set->devices[i];

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

	for (i = 0; i < set->folder_count; i++)
		if (leaves_out(set->folders[i].err))
			return set->folders[i].err;
	for (i = 0; i < set->count; i++) {
		const struct stats_device *device = &set->devices[i];

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

/* By any name: what the kernel wants of a reader shows where there is no pin too. */
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
		may = set->devices[i].err || may_open(set->devices[i].watch.path);
	return may;
}
