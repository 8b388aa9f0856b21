/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pins of one device: the only thing that writers and readers share.
 *
 *	<base>/<device>/<map>               live: what readers open
 *	<base>/<device>/programs/<program>
 *	<base>/<device>/owner               a link: its text names the owner, see owner.h
 *	<base>/<device>/staged-pins/...     of a load that is not committed yet; the same shape
 *	    owner                           the device that takes the directory over
 *	    secondary-programs/...          programs that the staged program calls
 *	    old-programs-gone               programs/ holds only this load's pins
 *	    replaced-program/...            attached again if the hook is found empty
 *	    pins-before/...                 what was live before a load that is being undone,
 *					    and whose it was
 *	<base>/<device>/unload-begun        an unload has begun and is not done yet
 *	<base>/<device>/writer-lock         a writer holds the lock on this folder, which readers
 *					    may not open, whatever the pins' mode is
 *
 * <base>/netns-<name>/<device>/ for a device of a named network namespace. No C identifier has a
 * '-', so no map takes one of these names; maps called "programs" or "owner" are refused. The
 * owner's link is made before the first pin, and goes after the last.
 *
 * The pins of a program and of the maps that it uses are ours. A map that no program here uses, and
 * anything else in the directory, is treated as somebody else's, and is removed only on request.
 */
#ifndef PIN_DIR_H
#define PIN_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>

#include "owner.h"

#define PIN_DIR_NETNS_PREFIX "netns-"

/* Who may read maps by their pins; programs' pins are the owner's alone, as whoever opens one may
 * do more than read.
 */
struct pin_access {
	mode_t mode; /* 0: as the pin that is replaced, or the owner's alone */
	gid_t gid;   /* (gid_t)-1: as it is */
};

struct pin_dir {
	const char *base;
	const char *device;
	const char *netns; /* NULL: the one that the caller is in */
	struct pin_access access;
	struct owner own; /* what @device's link would say; ifindex 0: there is no such device */
	char path[PATH_MAX];
	char above[PATH_MAX]; /* of the network namespace's folder; "": none */
	int parent;	      /* the folder that this one is in; -1 */
	int fd;		      /* this one, if it is open or locked; -1 */
	int lock;	      /* the folder that is locked; -1 */
	size_t existed;	      /* length of the path that was there before the lock; 0: all of it */
};

/* Fills @dir with the paths for @device; touches nothing. The strings must stay valid. 0; -EINVAL
 * if the name is one that others use in @base, or -ENAMETOOLONG, with a message.
 */
int pin_dir_init(struct pin_dir *dir, const char *base, const char *netns, const char *device);

/* Whether a folder of that name in the base is not a device's: it is libxdp's, or a network
 * namespace's.
 */
bool pin_dir_is_reserved(const char *name);

/* Records that the device exists, as @ifindex in the network namespace of the process. Returns 0,
 * or -errno with a message.
 */
int pin_dir_set_device(struct pin_dir *dir, int ifindex);

/* The name of the folder of network namespace @netns: NAME_MAX + 1 bytes. */
void pin_dir_netns_name(const char *netns, char *name);

/* The live path of map @name. 0, or -ENAMETOOLONG with a message. */
int pin_dir_map_path(const struct pin_dir *dir, const char *name, char *path, size_t size);

/* For readers, which do not keep the directory open: sets dir->path as pin_dir_open() does, and
 * reads the owner into @owner. Returns as owner_read().
 */
int pin_dir_find(struct pin_dir *dir, struct owner *owner);

/* Opens the directory for reading. If the device was renamed since the load, opens the directory of
 * the old name and sets dir->path to it. Returns 0; -ENOENT without a message if there is none; or
 * -errno with a message. pin_dir_close() does nothing if it is not open.
 */
int pin_dir_open(struct pin_dir *dir);
void pin_dir_close(struct pin_dir *dir);

/* Reads the owner of the open directory. Returns as owner_read(), with a message for every error
 * but -ENOENT.
 */
int pin_dir_owner(const struct pin_dir *dir, struct owner *owner);

/* The rest is for the code that opens and locks the directory. */

/* Opens the parent of the device's directory as dir->parent, unless that is open. Returns 0, or
 * -errno with a message only for -EUCLEAN.
 */
int pin_dir_open_parent(struct pin_dir *dir, bool make);

/* Sets @name (NAME_MAX + 1 bytes) to the name of the device's folder in dir->parent. Returns 1 if
 * that is an earlier name of the device, else 0; or -errno, without a message.
 */
int pin_dir_find_own(const struct pin_dir *dir, char *name);

/* Writes "@parent/@name" to @path. 0, or -ENAMETOOLONG with a message. */
int pin_dir_join(char *path, size_t size, const char *parent, const char *name);

/* Sets dir->path to another directory in the same folder. */
void pin_dir_set_last_name(struct pin_dir *dir, const char *name);

/* What follows the last slash of a path. */
const char *pin_dir_last_name(const char *path);

#endif /* PIN_DIR_H */
