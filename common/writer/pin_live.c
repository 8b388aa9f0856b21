// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_live.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf_info.h"
#include "folder.h"
#include "pin_file.h"
#include "pin_place.h"

int pin_live_give_access(const struct pin_dir *dir, const struct pin *pin)
{
	int err;

	if (pin->kind != PIN_MAP || !dir->access.mode)
		return 0;
	err = pin_file_set_access(dir->fd, pin->name, -1, dir->access.gid, dir->access.mode);
	return err ? folder_fail(err, "set the owner and the mode of", pin->path) : 0;
}

/* Who may read a pin may read its directory, which inotify asks for, and search it. */
static mode_t directory_mode(mode_t mode)
{
	return FOLDER_MODE | (mode & 0444) | (mode & 0444) >> 2;
}

static int open_directory(int fd, const char *path, gid_t gid, mode_t mode)
{
	if (fchown(fd, -1, gid) || fchmod(fd, mode))
		return folder_fail(-errno, "set the owner and the mode of", path);
	return 0;
}

int pin_live_give_access_to_directory(const struct pin_dir *dir)
{
	mode_t mode = directory_mode(dir->access.mode);
	struct stat info;
	int err;

	if (!dir->access.mode)
		return 0;
	err = open_directory(dir->fd, dir->path, dir->access.gid, mode);
	if (err || !dir->netns)
		return err;
	/* Other devices' pins are there too: what they need stays. */
	if (fstat(dir->parent, &info))
		return folder_fail(-errno, "look at", dir->above);
	return open_directory(dir->parent, dir->above, dir->access.gid,
			      mode | (info.st_mode & 0777));
}

static bool is_same(int folder, const struct pin *pin)
{
	enum pin_kind kind;
	struct bpf_prog_info program;
	struct bpf_map_info map;
	int fd = folder_get(folder, pin->name, false, &kind, NULL);
	bool same = fd >= 0 && kind == pin->kind &&
		    (kind == PIN_MAP ? !bpf_info_map(fd, &map) && map.id == pin->id :
				       !bpf_info_program(fd, &program) && program.id == pin->id);

	if (fd >= 0)
		close(fd);
	return same;
}

int pin_live_restore(const struct pin_dir *dir, const struct pin *pin)
{
	int folder = pin_place_open(dir, PIN_LIVE, pin->kind, true), err = 0;

	if (folder < 0)
		return folder_fail(folder, "put back", pin->path);
	if (!is_same(folder, pin)) {
		err = pin_file_unlink(folder, pin->name);
		if (!err)
			err = pin_file_make(folder, pin->name, pin->fd);
	}
	if (!err)
		err = pin_file_set_access(folder, pin->name, pin->uid, pin->gid, pin->mode);
	close(folder);
	return err ? folder_fail(err, "put back", pin->path) : 0;
}

int pin_live_remove(const struct pin_dir *dir, const struct pin *pin)
{
	int folder = pin_place_open(dir, PIN_LIVE, pin->kind, false), err;

	if (folder < 0)
		return folder == -ENOENT ? 0 : folder_fail(folder, "remove", pin->path);
	err = pin_file_unlink(folder, pin->name);
	close(folder);
	return err ? folder_fail(err, "remove", pin->path) : 0;
}

int pin_live_begin_unload(const struct pin_dir *dir)
{
	return mkdirat(dir->fd, PIN_PLACE_UNLOAD_BEGUN, FOLDER_MODE) && errno != EEXIST ?
		       folder_fail(-errno, "mark an unload in", dir->path) :
		       0;
}

int pin_live_end_unload(const struct pin_dir *dir)
{
	return unlinkat(dir->fd, PIN_PLACE_UNLOAD_BEGUN, AT_REMOVEDIR) && errno != ENOENT ?
		       folder_fail(-errno, "remove the mark of an unload in", dir->path) :
		       0;
}

int pin_live_unload_begun(const struct pin_dir *dir)
{
	return pin_place_has(dir, PIN_PLACE_UNLOAD_BEGUN);
}
