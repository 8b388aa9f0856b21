// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "folder.h"
#include "log.h"
#include "pin_file.h"
#include "pin_place.h"

#define RESTAGED "restage-tmp" /* on its way to the place of the staged program */

static int pin_file_give(int folder, const char *name, const char *path, uid_t uid, gid_t gid,
			 mode_t mode)
{
	int err = pin_file_set_access(folder, name, uid, gid, mode);

	return err ? folder_fail(err, "set the owner and the mode of", path) : 0;
}

/* Who may read the live pin of that name may read the staged one. */
static int copy_access(const struct pin_dir *dir, enum pin_kind kind, int staged, const char *name,
		       const char *path)
{
	int live = pin_place_open(dir, PIN_LIVE, kind, false), err;
	struct stat old;

	if (live < 0)
		return live == -ENOENT ? 0 : folder_fail(live, "look at", dir->path);
	err = fstatat(live, name, &old, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
	close(live);
	if (err)
		return err == -ENOENT ? 0 : folder_fail(err, "look at", path);
	return pin_file_give(staged, name, path, old.st_uid, old.st_gid, old.st_mode & 0777);
}

/* Pins @fd in that folder, which is made if it is missing. The folder, for the caller to close, or
 * -errno with a message. Sets @path, of PATH_MAX bytes.
 */
static int pin_in(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		  const char *name, int fd, char *path)
{
	char parent[PATH_MAX];
	int folder, err;

	pin_place_path(dir, place, kind, parent, sizeof(parent));
	err = pin_dir_join(path, PATH_MAX, parent, name);
	if (err)
		return err;
	folder = pin_place_open(dir, place, kind, true);
	if (folder < 0)
		return folder_fail(folder, "pin to", path);
	err = pin_file_make(folder, name, fd);
	if (!err)
		return folder;
	close(folder);
	return folder_fail(err, "pin to", path);
}

int pin_stage_add(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		  const char *name, int fd)
{
	char path[PATH_MAX], pin_name[NAME_MAX + 1];
	int folder, err;

	if (strlen(name) > NAME_MAX)
		return folder_fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	if (kind == PIN_MAP && pin_place_is_own_name(pin_name)) {
		log_error("could not pin map %s: the name is taken by what xdp_loader keeps beside "
			  "the maps' pins; rename the map",
			  name);
		return -EINVAL;
	}
	folder = pin_in(dir, place, kind, pin_name, fd, path);
	if (folder < 0)
		return folder;
	err = copy_access(dir, kind, folder, pin_name, path);
	if (!err && kind == PIN_MAP && dir->access.mode)
		err = pin_file_give(folder, pin_name, path, -1, dir->access.gid, dir->access.mode);
	close(folder);
	return err;
}

int pin_stage_keep_replaced(const struct pin_dir *dir, const char *name, int fd)
{
	char path[PATH_MAX];
	int folder = pin_in(dir, PIN_REPLACED, PIN_PROGRAM, name, fd, path);

	if (folder < 0)
		return folder;
	close(folder);
	return 0;
}

static int keep_pin(const struct pin_dir *dir, const struct pin *pin)
{
	char path[PATH_MAX];
	int folder = pin_in(dir, PIN_BEFORE_NEW, pin->kind, pin->name, pin->fd, path), err;

	if (folder < 0)
		return folder;
	err = pin_file_give(folder, pin->name, path, pin->uid, pin->gid, pin->mode);
	close(folder);
	return err;
}

int pin_stage_keep_before(const struct pin_dir *dir, const struct pin_list *live,
			  const struct owner *owner)
{
	int folder = pin_place_open_below(dir, PIN_PLACE_BEFORE_NEW, true), err;
	size_t i;

	if (folder < 0)
		return folder_fail(folder, "keep the pins of", dir->path);
	err = owner ? owner_write(owner, folder) : 0;
	close(folder);
	if (err)
		return folder_fail(err, "keep the owner of", dir->path);
	for (i = 0; i < live->count && !err; i++)
		if (live->pins[i].kind != PIN_OTHER)
			err = keep_pin(dir, &live->pins[i]);
	if (err)
		return err;
	folder = pin_place_open_below(dir, PIN_PLACE_STAGED, false);
	if (folder < 0 || renameat(folder, pin_dir_last_name(PIN_PLACE_BEFORE_NEW), folder,
				   pin_dir_last_name(PIN_PLACE_BEFORE)))
		err = folder_fail(folder < 0 ? folder : -errno, "keep the pins of", dir->path);
	if (folder >= 0)
		close(folder);
	return err;
}

int pin_stage_kept_before(const struct pin_dir *dir)
{
	return pin_place_has(dir, PIN_PLACE_BEFORE);
}

int pin_stage_mark_old_gone(const struct pin_dir *dir)
{
	int folder = pin_place_open_below(dir, PIN_PLACE_OLD_GONE, true);

	if (folder < 0)
		return folder_fail(folder, "mark that the old pins are gone in", dir->path);
	close(folder);
	return 0;
}

int pin_stage_old_are_gone(const struct pin_dir *dir)
{
	return pin_place_has(dir, PIN_PLACE_OLD_GONE);
}

int pin_stage_set_owner(const struct pin_dir *dir)
{
	int folder = pin_place_open_below(dir, PIN_PLACE_STAGED, true);
	int err = folder < 0 ? folder : owner_write(&dir->own, folder);

	if (folder >= 0)
		close(folder);
	return err ? folder_fail(err, "record the new owner of", dir->path) : 0;
}

int pin_stage_owner(const struct pin_dir *dir, struct owner *owner)
{
	int err = owner_read(owner, dir->fd, PIN_PLACE_STAGED);

	return err && err != -ENOENT ? folder_fail(err, "read the new owner of", dir->path) : err;
}

static int move_owner(const struct pin_dir *dir, const char *from)
{
	if (!renameat(dir->fd, from, dir->fd, OWNER_LINK) || errno == ENOENT)
		return 0;
	return folder_fail(-errno, "write the owner of", dir->path);
}

int pin_stage_commit_owner(const struct pin_dir *dir)
{
	return move_owner(dir, PIN_PLACE_STAGED "/" OWNER_LINK);
}

int pin_stage_restore_owner(const struct pin_dir *dir)
{
	return move_owner(dir, PIN_PLACE_BEFORE "/" OWNER_LINK);
}

/* The new pin waits in the folder of staged maps for its turn. */
int pin_stage_exchange(const struct pin_dir *dir, const struct pin *pin, int fd)
{
	int from = pin_place_open(dir, PIN_STAGED, PIN_MAP, false), to, err;

	if (from < 0)
		return folder_fail(from, "open", dir->path);
	to = pin_place_open(dir, PIN_STAGED, PIN_PROGRAM, false);
	err = to < 0 ? to : pin_file_unlink(from, RESTAGED);
	if (!err)
		err = pin_file_make(from, RESTAGED, fd);
	if (!err)
		err = pin_file_set_access(from, RESTAGED, pin->uid, pin->gid, pin->mode);
	if (!err && renameat(from, RESTAGED, to, pin->name))
		err = -errno;
	close(from);
	if (to >= 0)
		close(to);
	return err ? folder_fail(err, "move a pin to", pin->path) : 0;
}

/* The folder that entries are moved to, and its path for messages. */
struct move {
	int target;
	const char *path;
};

static int rename_pin(int folder, const struct dirent64 *entry, void *context)
{
	const struct move *move = context;
	char to[PATH_MAX];
	int err = pin_dir_join(to, sizeof(to), move->path, entry->d_name);

	if (err || entry->d_type != DT_REG)
		return err;
	return renameat(folder, entry->d_name, move->target, entry->d_name) ?
		       folder_fail(-errno, "move a pin to", to) :
		       0;
}

static int remove_entry(int folder, const struct dirent64 *entry, void *path)
{
	int err = entry->d_type == DT_REG ? pin_file_unlink(folder, entry->d_name) : 0;

	return err ? folder_fail(err, "remove a pin from", path) : 0;
}

/* Moves what is staged; nothing of that kind may be. */
static int move_staged(const struct pin_dir *dir, enum pin_kind kind, int staged)
{
	char path[PATH_MAX];
	struct move move = { .target = pin_place_open(dir, PIN_LIVE, kind, true), .path = path };
	int err;

	pin_place_path(dir, PIN_LIVE, kind, path, sizeof(path));
	if (move.target < 0)
		return folder_fail(move.target, "make", path);
	err = folder_each(staged, path, rename_pin, &move);
	close(move.target);
	return err;
}

int pin_stage_commit(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind)
{
	int staged = pin_place_open(dir, place, kind, false), err = 0;

	if (staged >= 0) {
		err = move_staged(dir, kind, staged);
		close(staged);
	} else if (staged != -ENOENT) {
		err = folder_fail(staged, "read", dir->path);
	}
	return !err && place == PIN_STAGED && kind == PIN_PROGRAM ? pin_stage_drop(dir) : err;
}

/* Removes the folder called @name in the directory, if it is there and empty. 0 or -errno. */
static int remove_empty(const struct pin_dir *dir, const char *name)
{
	return unlinkat(dir->fd, name, AT_REMOVEDIR) && errno != ENOENT ? -errno : 0;
}

/* Removes the pins there, an owner, and their folder, which is staged-pins or one in it. After a
 * commit most are empty or missing.
 */
static int remove_pins(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind)
{
	const char *name = pin_place_name(place, kind);
	char path[PATH_MAX];
	int folder, err;

	if (!remove_empty(dir, name))
		return 0;
	folder = pin_place_open(dir, place, kind, false);
	pin_place_path(dir, place, kind, path, sizeof(path));
	if (folder < 0)
		return folder == -ENOENT ? 0 : folder_fail(folder, "read", path);
	err = owner_remove(folder);
	if (err)
		folder_fail(err, "remove an owner from", path);
	else
		err = folder_each(folder, path, remove_entry, path);
	close(folder);
	if (err)
		return err;
	err = remove_empty(dir, name);
	return err ? folder_fail(err, "remove", path) : 0;
}

/* The program first: it is what makes a staged load one that can go forward. What was before goes
 * when nothing can go back to it, its programs' folder being in that of its maps.
 */
int pin_stage_drop(const struct pin_dir *dir)
{
	static const struct {
		enum pin_place place;
		enum pin_kind kind;
	} order[] = {
		{ PIN_STAGED, PIN_PROGRAM },   { PIN_STAGED_SECONDARY, PIN_PROGRAM },
		{ PIN_REPLACED, PIN_PROGRAM }, { PIN_BEFORE_NEW, PIN_PROGRAM },
		{ PIN_BEFORE_NEW, PIN_MAP },   { PIN_BEFORE, PIN_PROGRAM },
		{ PIN_BEFORE, PIN_MAP },       { PIN_STAGED, PIN_MAP },
	};
	int err = pin_place_has(dir, PIN_PLACE_STAGED);
	size_t i;

	if (err <= 0)
		return err;
	/* The mark means something only while a load can go forward. */
	err = remove_empty(dir, PIN_PLACE_OLD_GONE);
	if (err)
		folder_fail(err, "remove a mark from", dir->path);
	for (i = 0; i < sizeof(order) / sizeof(order[0]) && !err; i++)
		err = remove_pins(dir, order[i].place, order[i].kind);
	return err;
}
