// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_find.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "clock.h"
#include "folder.h"
#include "log.h"
#include "pin_dir.h"
#include "stats_device.h"

/* How long a found device is shown after its pins have gone: as long as Prometheus holds a value.
 */
#define FORGET_SECONDS 300.0

static void find_folder(struct stats_set *set, const char *path, const char *netns);

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

/* A directory that may be a device's; whether it is, and has counters, now or later, shows by
 * itself.
 */
static void find_device(struct stats_set *set, const struct stats_folder *folder, const char *name)
{
	char path[PATH_MAX];
	struct stats_device *device;

	if (strlen(name) >= IF_NAMESIZE || snprintf(path, sizeof(path), "%s/%s/" XDP_STATS_MAP_NAME,
						    folder->path, name) >= (int)sizeof(path))
		return;
	device = stats_device_at(set, path);
	if (device) { /* it has gone before */
		stats_device_look(set, device);
		return;
	}
	device = stats_device_add(set, NULL, folder->netns, path);
	if (!device)
		return;
	device->found = true;
	stats_device_open(set, device);
	if (set->notify_fd >= 0)
		stats_device_follow(set, device);
}

void stats_find_entry(struct stats_set *set, const struct stats_folder *folder, const char *name)
{
	const size_t prefix = strlen(PIN_DIR_NETNS_PREFIX);
	char path[PATH_MAX];

	if (name[0] == '.' || (!folder->netns && *set->only && strcmp(name, set->only)) ||
	    snprintf(path, sizeof(path), "%s/%s", folder->path, name) >= (int)sizeof(path) ||
	    is_left_out(set, path))
		return;
	if (folder->netns || !pin_dir_is_reserved(name))
		find_device(set, folder, name);
	else if (!strncmp(name, PIN_DIR_NETNS_PREFIX, prefix))
		find_folder(set, path, name + prefix);
}

/* A folder that is not there has nothing. */
static int read_folder(struct stats_folder *folder, struct dirent ***entries)
{
	int before = folder->err, count = scandir(folder->path, entries, NULL, versionsort);

	folder->err = count < 0 && errno != ENOENT ? -errno : 0;
	if (folder->err && folder->err != before)
		log_error("could not read %s: %s%s", folder->path, strerror(-folder->err),
			  log_few_files(folder->err));
	return count;
}

void stats_find_entries(struct stats_set *set, size_t index)
{
	struct dirent **entries = NULL;
	int count = read_folder(&set->folders[index], &entries), i;
	struct stats_folder folder = set->folders[index]; /* a copy: more may be found */

	set->unwatched |= count < 0;
	for (i = 0; i < count; i++) {
		if (entries[i]->d_type == DT_DIR)
			stats_find_entry(set, &folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

struct stats_folder *stats_find_folder_at(const struct stats_set *set, const char *path)
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

	if (stats_find_folder_at(set, path))
		return;
	folders = reallocarray(set->folders, set->folder_count + 1, sizeof(folder));
	if (!folders)
		return;
	set->folders = folders;
	folder = (struct stats_folder){
		.path = strdup(path),
		.netns = netns ? strdup(netns) : NULL,
		.dir = inotify_add_watch(set->notify_fd, path, STATS_CHANGES),
	};
	set->unwatched |= folder.dir < 0;
	set->folders[set->folder_count++] = folder;
	stats_find_entries(set, set->folder_count - 1);
}

void stats_find_forget_folder(struct stats_set *set, struct stats_folder *folder)
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
	return !device->watch.generation || clock_now() - device->watch.gone_at > FORGET_SECONDS;
}

void stats_find_forget_gone(struct stats_set *set)
{
	size_t i = 0;

	while (i < set->count) {
		if (!is_to_forget(set->devices[i])) {
			i++;
			continue;
		}
		stats_device_close(set, set->devices[i]);
		set->devices[i] = set->devices[--set->count];
	}
}
