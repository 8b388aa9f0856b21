// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "owner.h"

#define REPLACED "replaced-program"
#define SECONDARY "secondary-programs"

static const char *const FOLDERS[][2] = {
	[PIN_LIVE] = { "", PIN_PLACE_PROGRAMS },
	[PIN_STAGED] = { PIN_PLACE_STAGED, PIN_PLACE_STAGED "/" PIN_PLACE_PROGRAMS },
	[PIN_STAGED_SECONDARY] = { NULL, PIN_PLACE_STAGED "/" SECONDARY },
	[PIN_REPLACED] = { NULL, PIN_PLACE_STAGED "/" REPLACED },
	[PIN_BEFORE] = { PIN_PLACE_BEFORE, PIN_PLACE_BEFORE "/" PIN_PLACE_PROGRAMS },
	[PIN_BEFORE_NEW] = { PIN_PLACE_BEFORE_NEW, PIN_PLACE_BEFORE_NEW "/" PIN_PLACE_PROGRAMS },
};

const char *pin_place_name(enum pin_place place, enum pin_kind kind)
{
	return FOLDERS[place][kind];
}

int pin_place_path(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind, char *path,
		   size_t size)
{
	const char *name = FOLDERS[place][kind];

	if (*name)
		return pin_dir_join(path, size, dir->path, name);
	snprintf(path, size, "%s", dir->path);
	return 0;
}

int pin_place_open_below(const struct pin_dir *dir, const char *name, bool make)
{
	char part[NAME_MAX + 1], path[PATH_MAX + NAME_MAX + 1];
	int fd = dir->fd, next;

	if (!*name)
		return folder_open(dir->fd, ".", dir->path);
	for (; fd >= 0 && *name; name += strspn(name, "/")) {
		size_t size = strcspn(name, "/");

		snprintf(part, sizeof(part), "%.*s", (int)size, name);
		snprintf(path, sizeof(path), "%s/%s", dir->path, part);
		next = make ? folder_make(fd, part, path, NULL) : folder_open(fd, part, path);
		if (fd != dir->fd)
			close(fd);
		fd = next;
		name += size;
	}
	return fd;
}

int pin_place_open(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind, bool make)
{
	return pin_place_open_below(dir, FOLDERS[place][kind], make);
}

int pin_place_has(const struct pin_dir *dir, const char *name)
{
	int folder = pin_place_open_below(dir, name, false);

	if (folder < 0)
		return folder == -ENOENT ? 0 : folder_fail(folder, "look into", dir->path);
	close(folder);
	return 1;
}

bool pin_place_is_own_name(const char *name)
{
	static const char *const paths[] = {
		PIN_PLACE_PROGRAMS,
		PIN_PLACE_STAGED,
		PIN_PLACE_UNLOAD_BEGUN,
		PIN_PLACE_LOCK,
		OWNER_LINK,
		OWNER_NEW_LINK,
		REPLACED,
		SECONDARY,
		PIN_PLACE_OLD_GONE,
		PIN_PLACE_BEFORE,
		PIN_PLACE_BEFORE_NEW,
	};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(name, pin_dir_last_name(paths[i])))
			return true;
	return false;
}
