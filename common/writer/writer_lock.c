// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "writer_lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "flock_wait.h"
#include "folder.h"
#include "log.h"
#include "pin_place.h"

/* On a folder in the directory, as a pin's readers may open the directory. */
static int take_lock(struct pin_dir *dir, const char *name, long timeout_ms)
{
	char path[PATH_MAX];
	int err = pin_dir_join(path, sizeof(path), dir->path, PIN_PLACE_LOCK), here;

	if (err)
		return err;
	dir->lock = folder_make(dir->fd, PIN_PLACE_LOCK, path, NULL);
	if (dir->lock < 0)
		return dir->lock;
	err = flock_take(dir->lock, timeout_ms);
	if (err)
		return err;
	here = folder_is_still_at(dir->fd, dir->parent, name);
	if (here > 0)
		here = folder_is_still_at(dir->lock, dir->fd, PIN_PLACE_LOCK);
	return here > 0 ? 0 : here ? here : -ESTALE;
}

/* The directory follows the device, when the name is free. */
static int follow_rename(struct pin_dir *dir, const char *name)
{
	char wanted[PATH_MAX];
	struct owner owner;

	if (owner_read(&owner, dir->fd, ".") || !owner_is_same(&owner, &dir->own))
		return -ESTALE;
	if (renameat2(dir->parent, name, dir->parent, pin_dir_last_name(dir->path),
		      RENAME_NOREPLACE)) {
		if (errno != EEXIST)
			return -errno;
		snprintf(wanted, sizeof(wanted), "%s", dir->path);
		pin_dir_set_last_name(dir, name);
		log_warn("%s was %s: its pins stay in %s, as %s is there and not of this device",
			 dir->device, owner.device, dir->path, wanted);
		return 0;
	}
	log_info("%s was %s: its pins are in %s now", dir->device, owner.device, dir->path);
	return 0;
}

/* One try: 0, -ETIMEDOUT (somebody held it all the time), -ESTALE (it was removed in between: the
 * last writer takes the empty directory away), or another -errno.
 */
static int try_lock(struct pin_dir *dir, long timeout_ms)
{
	char name[NAME_MAX + 1];
	int err = pin_dir_open_parent(dir, true), found = err ? 0 : pin_dir_find_own(dir, name);

	if (found < 0)
		err = found;
	if (!err) {
		dir->fd = found ? folder_open(dir->parent, name, dir->path) :
				  folder_make(dir->parent, name, dir->path, NULL);
		err = dir->fd < 0 ? dir->fd : take_lock(dir, name, timeout_ms);
	}
	if (!err && found)
		err = follow_rename(dir, name);
	if (err)
		pin_dir_close(dir);
	return err == -ENOENT ? -ESTALE : err;
}

int writer_lock_take(struct pin_dir *dir, int timeout_ms)
{
	const double deadline = clock_now() + timeout_ms / 1e3;
	long left = timeout_ms;
	int err;

	while ((err = try_lock(dir, left)) == -ESTALE && left > 0)
		left = (long)((deadline - clock_now()) * 1e3);
	if (err == -ETIMEDOUT || err == -ESTALE)
		return flock_refuse(dir->path, PIN_PLACE_LOCK, timeout_ms);
	return err ? folder_fail(err, "lock", dir->path) : 0;
}

int writer_lock_set_owner(const struct pin_dir *dir, const struct owner *owner)
{
	int err = owner ? owner_write(owner, dir->fd) : owner_remove(dir->fd);

	return err ? folder_fail(err, "write the owner of", dir->path) : 0;
}

static int is_other(int folder, const struct dirent64 *entry, void *unused)
{
	(void)folder;
	(void)unused;
	return strcmp(entry->d_name, PIN_PLACE_LOCK) && strcmp(entry->d_name, OWNER_LINK) &&
	       strcmp(entry->d_name, OWNER_NEW_LINK);
}

/* 0: it is gone; 1: it is not empty; -errno. */
static int remove_empty(int parent, const char *name)
{
	if (!unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST ? 1 : -errno;
}

/* The device's own folder and its network namespace's, if they are empty; folders above only if
 * they were made for this lock. As above.
 */
static int clear_up(const struct pin_dir *dir)
{
	size_t keep = strlen(dir->base);
	char path[PATH_MAX];
	int err, left;

	err = remove_empty(dir->fd, PIN_PLACE_PROGRAMS);
	if (err >= 0)
		err = folder_each(dir->fd, NULL, is_other, NULL);
	if (!err)
		err = owner_remove(dir->fd);
	left = remove_empty(dir->fd, PIN_PLACE_LOCK);
	if (!left)
		left = remove_empty(dir->parent, pin_dir_last_name(dir->path));
	if (left)
		return err < 0 ? err : left;
	snprintf(path, sizeof(path), "%s", dir->netns ? dir->above : dir->base);
	if (dir->existed && dir->existed < keep)
		keep = dir->existed;
	while (strlen(path) > keep && !rmdir(path))
		*strrchr(path, '/') = '\0';
	return 0;
}

/* Others may have waited for a lock that is gone then: they see it. */
void writer_lock_release(struct pin_dir *dir)
{
	int err = dir->lock < 0 ? 0 : clear_up(dir);

	if (err < 0)
		log_warn("%s stays, as it could not be cleared up: %s; the next command tries "
			 "again",
			 dir->path, strerror(-err));
	if (dir->lock >= 0)
		pin_dir_close(dir);
	dir->existed = 0;
}

int writer_lock_take_again(struct pin_dir *dir, int timeout_ms)
{
	int here = folder_is_still_at(dir->fd, dir->parent, pin_dir_last_name(dir->path));

	if (here)
		return here > 0 ? 0 : folder_fail(here, "look at", dir->path);
	pin_dir_close(dir);
	return writer_lock_take(dir, timeout_ms);
}
