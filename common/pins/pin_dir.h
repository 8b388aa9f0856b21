/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pins of one device: the only thing that writers and readers share.
 *
 *	<base>/<device>/<map>                 live: what readers open
 *	<base>/<device>/programs/<program>
 *	<base>/<device>/staged-pins/...       the same shape: of a load that is not committed yet
 *	<base>/<device>/staged-pins/replaced-program/...  what is put back if the hook is empty
 *	<base>/<device>/staged-pins/pins-before/...       what was live before a load that is being undone
 *	<base>/<device>/owner                 a link, whose text says whose the directory is: owner.h
 *	<base>/<device>/unload-begun          an unload has begun and is not done yet
 *	<base>/<device>/writer-lock           whoever works here holds the lock on this folder, which
 *					      readers may not open, whatever the pins' mode is
 *
 * <base>/netns-<name>/<device>/ for a device of a named network namespace. No C identifier has a
 * '-', so no map takes one of these names; maps called "programs" or "owner" are
 * refused. The owner's link is made before the first pin, and goes after the last.
 *
 * A pinned program vouches for the maps that it uses: its own pin and theirs belong to us. Pins
 * that no program here vouches for, and whatever else stands in the directory, are somebody
 * else's until they are asked to go.
 */
#ifndef PIN_DIR_H
#define PIN_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>

#include "folder.h"
#include "owner.h"

#define PIN_DIR_BASE "/sys/fs/bpf"
#define PIN_DIR_NETNS_PREFIX "netns-"

/* Who may read maps by their pins; programs' pins are the owner's alone, as whoever opens one may do
 * more than read.
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

/* PIN_BEFORE_NEW: PIN_BEFORE while it is made. */
enum pin_place { PIN_LIVE, PIN_STAGED, PIN_REPLACED, PIN_BEFORE, PIN_BEFORE_NEW };

#define PIN_MAPS_MAX 64 /* the kernel's MAX_USED_MAPS */
struct pin_maps {
	__u32 ids[PIN_MAPS_MAX];
	size_t count;
};

/* One pin, open, with what the kernel told of it when it was read. */
struct pin {
	enum pin_kind kind;
	char *name; /* in the file system: dots are written '_' */
	char *path;
	int fd;		      /* -1 for PIN_OTHER */
	__u32 id;	      /* of the map or program */
	struct pin_maps maps; /* that a program uses */
	uid_t uid;	      /* and who may open the pin */
	gid_t gid;
	mode_t mode;
};

struct pin_list {
	struct pin *pins;
	size_t count;
};

/* Fills @dir with the paths for @device; touches nothing. The strings must stay valid. 0; -EINVAL if the
 * name is one that others use in @base, or -ENAMETOOLONG, with a message.
 */
int pin_dir_init(struct pin_dir *dir, const char *base, const char *netns, const char *device);

/* Says that the device exists, as @ifindex of the network namespace that the process is in. 0 or -errno,
 * with a message.
 */
int pin_dir_set_device(struct pin_dir *dir, int ifindex);

/* The name of the folder of network namespace @netns: NAME_MAX + 1 bytes. */
void pin_dir_netns_name(const char *netns, char *name);

/* The live path of map @name. 0, or -ENAMETOOLONG with a message. */
int pin_dir_map_path(const struct pin_dir *dir, const char *name, char *path, size_t size);

/* Sees to it that @base is in a BPF filesystem. Where none is mounted and @may_mount, mounts one,
 * if the mount would last, and says so. 0 or -errno, with a message that says what to do.
 */
int pin_dir_need_bpffs(const char *base, bool may_mount);

/* For readers, by paths: sets dir->path to that of the directory of the device, as below, and @owner to
 * its owner. As owner_read().
 */
int pin_dir_find(struct pin_dir *dir, struct owner *owner);

/* Opens the directory to be read alone; if the device had another name when it was loaded, the one of
 * that name, which dir->path is then. 0; -ENOENT without a message if there is none; or -errno, with a
 * message. pin_dir_close() does nothing if it is not open.
 */
int pin_dir_open(struct pin_dir *dir);
void pin_dir_close(struct pin_dir *dir);

/* Makes the directory if it is missing; if the device was renamed, its directory gets the new name. Opens it,
 * and locks it against other writers until pin_dir_unlock(). Waits @timeout_ms at most: -ETIMEDOUT.
 * -EUCLEAN if it, or a folder above it, is somebody else's. 0 or -errno, with a message.
 */
int pin_dir_lock(struct pin_dir *dir, int timeout_ms);

/* Reads the owner of the open directory. As owner_read(); errors other than -ENOENT with a message. */
int pin_dir_owner(const struct pin_dir *dir, struct owner *owner);

/* Makes the device, or @owner, the owner of the locked directory; NULL: nobody. 0 or -errno, with a message. */
int pin_dir_own(const struct pin_dir *dir);
int pin_dir_own_again(const struct pin_dir *dir, const struct owner *owner);

/* Makes, opens and locks it again if somebody has removed it meanwhile. As above. */
int pin_dir_find_again(struct pin_dir *dir, int timeout_ms);

/* Removes the directory if no pin is left in it, and unlocks. Does nothing if not locked. */
void pin_dir_unlock(struct pin_dir *dir);

/* Opens all pins there: maps, then programs, then what is neither; for reading only if the directory is
 * not locked. 0 or -errno, with a message, where one of them cannot be judged. pin_list_close() in any
 * case.
 */
int pin_dir_read(const struct pin_dir *dir, enum pin_place place, struct pin_list *list);
void pin_list_close(struct pin_list *list);

/* The pin of program or map @id, or NULL. */
const struct pin *pin_list_find(const struct pin_list *list, enum pin_kind kind, __u32 id);

/* The pin called @name (as in the file system), or NULL. */
const struct pin *pin_list_find_name(const struct pin_list *list, enum pin_kind kind,
				     const char *name);

/* Whether one of the programs in the list uses map @id. */
bool pin_list_vouches(const struct pin_list *list, __u32 id);

/* The maps that program @fd uses. 0 or -errno. */
int pin_maps_read(int fd, struct pin_maps *maps);
bool pin_maps_have(const struct pin_maps *maps, __u32 id);

/* Of the maps that a pinned program of @list uses, the ID of the one that the kernel calls @name, of which it
 * keeps 15 characters; or 0. 0 or -errno, with a message.
 */
int pin_find_map(const struct pin_list *list, const struct pin *program, const char *name,
		 __u32 *id);

/* Pins @fd beside the live names, for whom the directory's access says, or for whom the live pin of
 * that name is. 0 or -errno, with a message. */
int pin_dir_stage(const struct pin_dir *dir, enum pin_kind kind, const char *name, int fd);

/* Pins program @fd, by a name that bpffs takes, as one to put back. It goes with what is staged.
 * 0 or -errno, with a message.
 */
int pin_dir_keep_replaced(const struct pin_dir *dir, const char *name, int fd);

/* Keeps the live pins beside what is staged, for a load that is undone: all, or none if it fails. 0 or
 * -errno, with a message.
 */
int pin_dir_keep_before(const struct pin_dir *dir, const struct pin_list *live);

/* Whether that was done, perhaps by an earlier run: 1, 0 or -errno with a message. */
int pin_dir_kept_before(const struct pin_dir *dir);

/* The staged @pin stands for @fd from now on, in one atomic step. 0 or -errno, with a message. */
int pin_dir_restage(const struct pin_dir *dir, const struct pin *pin, int fd);

/* The staged pins of this kind take the live names, each in one atomic step. Called again after it
 * was stopped, it goes on. 0 or -errno, with a message.
 */
int pin_dir_commit(const struct pin_dir *dir, enum pin_kind kind);

/* Gives the access that was asked for, if any, to a live pin that stays, and to the directory,
 * which who may read a pin may read and search. 0 or -errno, with a message.
 */
int pin_dir_give_access(const struct pin_dir *dir, const struct pin *pin);
int pin_dir_give_access_to_directory(const struct pin_dir *dir);

/* Removes what is staged, and what was kept beside it. 0 or -errno, with a message. */
int pin_dir_unstage(const struct pin_dir *dir);

/* Marks that an unload has begun, or is done. 0 or -errno, with a message. */
int pin_dir_begin_unload(const struct pin_dir *dir);
int pin_dir_end_unload(const struct pin_dir *dir);

/* Whether one is marked: 1, 0 or -errno with a message. */
int pin_dir_unload_begun(const struct pin_dir *dir);

/* Pins the same object under the live name again, with the owner and mode that it had when it was read. 0 or
 * -errno, with a message.
 */
int pin_dir_restore(const struct pin_dir *dir, const struct pin *pin);

/* Removes one live pin. 0 or -errno, with a message. */
int pin_dir_remove(const struct pin_dir *dir, const struct pin *pin);

#endif /* PIN_DIR_H */
