// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "folder.h"
#include "log.h"

#define LIBXDP "xdp" /* what libxdp pins is there */

int pin_dir_join(char *path, size_t size, const char *parent, const char *name)
{
	int len = snprintf(path, size, "%s/%s", parent, name);

	if (len >= 0 && (size_t)len < size)
		return 0;
	log_error("could not use %s in %.40s...: the path is longer than %zu bytes; choose a "
		  "shorter --pin-base",
		  name, parent, size - 1);
	return -ENAMETOOLONG;
}

const char *pin_dir_last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool pin_dir_is_reserved(const char *name)
{
	return !strcmp(name, LIBXDP) ||
	       !strncmp(name, PIN_DIR_NETNS_PREFIX, strlen(PIN_DIR_NETNS_PREFIX));
}

int pin_dir_set_device(struct pin_dir *dir, int ifindex)
{
	return owner_of(&dir->own, dir->device, ifindex, dir->netns);
}

int pin_dir_init(struct pin_dir *dir, const char *base, const char *netns, const char *device)
{
	char name[IF_NAMESIZE], netns_name[NAME_MAX + 1];
	int err;

	*dir = (struct pin_dir){ .base = base,
				 .netns = netns,
				 .device = device,
				 .access.gid = -1,
				 .parent = -1,
				 .fd = -1,
				 .lock = -1 };
	device_pin_name(device, name);
	if (!netns && pin_dir_is_reserved(name)) {
		log_error("could not use device %s: %s/%s is not for a device, but %s; rename the "
			  "device",
			  device, base, name,
			  strcmp(name, LIBXDP) ? "for a network namespace" : "libxdp's");
		return -EINVAL;
	}
	if (!netns)
		return pin_dir_join(dir->path, sizeof(dir->path), base, name);

	pin_dir_netns_name(netns, netns_name);
	err = pin_dir_join(dir->above, sizeof(dir->above), base, netns_name);
	return err ? err : pin_dir_join(dir->path, sizeof(dir->path), dir->above, name);
}

void pin_dir_netns_name(const char *netns, char *name)
{
	strcpy(name, PIN_DIR_NETNS_PREFIX);
	device_pin_name(netns, name + strlen(name));
}

int pin_dir_map_path(const struct pin_dir *dir, const char *name, char *path, size_t size)
{
	char pin_name[NAME_MAX + 1];

	if (strlen(name) > NAME_MAX)
		return folder_fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	return pin_dir_join(path, size, dir->path, pin_name);
}

int pin_dir_open_parent(struct pin_dir *dir, bool make)
{
	const char *name = pin_dir_last_name(dir->above);
	int base;

	if (dir->parent >= 0)
		return 0;
	base = folder_open_path(dir->base, make, &dir->existed);
	dir->parent = base;
	if (base >= 0 && dir->netns) {
		dir->parent = make ? folder_make(base, name, dir->above, NULL) :
				     folder_open(base, name, dir->above);
		close(base);
	}
	return dir->parent < 0 ? dir->parent : 0;
}

/* The folder of which the device is the owner, by another name. */
struct search {
	const struct owner *owner;
	char *name;
};

static int is_owned(int parent, const struct dirent64 *entry, void *context)
{
	const struct search *search = context;
	struct owner owner;
	int err;

	if (entry->d_type != DT_DIR)
		return 0;
	err = owner_read(&owner, parent, entry->d_name);
	if (err)
		return err == -ENOENT || err == -EACCES ? 0 : err;
	if (!owner_is_same(&owner, search->owner))
		return 0;
	strcpy(search->name, entry->d_name);
	return 1;
}

int pin_dir_find_own(const struct pin_dir *dir, char *name)
{
	struct search search = { .owner = &dir->own, .name = name };
	struct owner owner;
	int err;

	strcpy(name, pin_dir_last_name(dir->path));
	if (!dir->own.ifindex)
		return 0;
	err = owner_read(&owner, dir->parent, name);
	if (err && err != -ENOENT)
		return err;
	if (!err && owner_is_same(&owner, &dir->own))
		return 0;
	return folder_each(dir->parent, NULL, is_owned, &search);
}

void pin_dir_close(struct pin_dir *dir)
{
	int *const fds[] = { &dir->lock, &dir->fd, &dir->parent };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

void pin_dir_set_last_name(struct pin_dir *dir, const char *name)
{
	size_t parent = strlen(dir->path) - strlen(pin_dir_last_name(dir->path));

	snprintf(dir->path + parent, sizeof(dir->path) - parent, "%s", name);
}

int pin_dir_find(struct pin_dir *dir, struct owner *owner)
{
	char name[NAME_MAX + 1];
	int err = owner_read(owner, AT_FDCWD, dir->path), found;

	if ((err && err != -ENOENT) || !dir->own.ifindex ||
	    (!err && owner_is_same(owner, &dir->own)))
		return err;
	dir->parent = open(dir->netns ? dir->above : dir->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	found = dir->parent < 0 ? 0 : pin_dir_find_own(dir, name);
	pin_dir_close(dir);
	if (found <= 0)
		return err;
	pin_dir_set_last_name(dir, name);
	return owner_read(owner, AT_FDCWD, dir->path);
}

int pin_dir_open(struct pin_dir *dir)
{
	char name[NAME_MAX + 1];
	int err = pin_dir_open_parent(dir, false), found = err ? 0 : pin_dir_find_own(dir, name);

	if (found < 0)
		err = found;
	if (found > 0)
		pin_dir_set_last_name(dir, name);
	if (!err)
		dir->fd = folder_open(dir->parent, name, dir->path);
	if (!err && dir->fd >= 0)
		return 0;
	err = err ? err : dir->fd;
	pin_dir_close(dir);
	return err == -ENOENT ? err : folder_fail(err, "open", dir->path);
}

int pin_dir_owner(const struct pin_dir *dir, struct owner *owner)
{
	int err = owner_read(owner, dir->fd, ".");

	return err && err != -ENOENT ? folder_fail(err, "read the owner of", dir->path) : err;
}
