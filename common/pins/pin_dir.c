// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include <bpf/bpf.h>

#include "device.h"
#include "lock.h"
#include "log.h"

#define PROGRAMS "programs"
#define STAGED "staged-pins"
#define REPLACED "replaced-program"
#define BEFORE "pins-before"
#define BEFORE_NEW "pins-before-new"
#define RESTAGED "attached-program" /* on its way to the place of the staged program */
#define UNLOAD_BEGUN "unload-begun"
#define LOCK "writer-lock"
#define LIBXDP "xdp" /* what libxdp pins is there */

static int fail(int err, const char *verb, const char *path)
{
	return folder_fail(err, verb, path);
}

static int join(char *path, size_t size, const char *parent, const char *name)
{
	int len = snprintf(path, size, "%s/%s", parent, name);

	if (len >= 0 && (size_t)len < size)
		return 0;
	log_error("could not use %s in %.40s...: the path is longer than %zu bytes; choose a "
		  "shorter --pin-base",
		  name, parent, size - 1);
	return -ENAMETOOLONG;
}

static bool is_reserved(const char *name)
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
	if (!netns && is_reserved(name)) {
		log_error("could not use device %s: %s/%s is not for a device, but %s; rename the "
			  "device",
			  device, base, name,
			  strcmp(name, LIBXDP) ? "for a network namespace" : "libxdp's");
		return -EINVAL;
	}
	if (!netns)
		return join(dir->path, sizeof(dir->path), base, name);

	pin_dir_netns_name(netns, netns_name);
	err = join(dir->above, sizeof(dir->above), base, netns_name);
	return err ? err : join(dir->path, sizeof(dir->path), dir->above, name);
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
		return fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	return join(path, size, dir->path, pin_name);
}

/* The folders of maps and of programs in the directory. */
static const char *const FOLDERS[][2] = {
	[PIN_LIVE] = { "", PROGRAMS },
	[PIN_STAGED] = { STAGED, STAGED "/" PROGRAMS },
	[PIN_REPLACED] = { NULL, STAGED "/" REPLACED },
	[PIN_BEFORE] = { STAGED "/" BEFORE, STAGED "/" BEFORE "/" PROGRAMS },
	[PIN_BEFORE_NEW] = { STAGED "/" BEFORE_NEW, STAGED "/" BEFORE_NEW "/" PROGRAMS },
};

static int folder_path(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		       char *path, size_t size)
{
	const char *name = FOLDERS[place][kind];

	if (*name)
		return join(path, size, dir->path, name);
	snprintf(path, size, "%s", dir->path);
	return 0;
}

static bool shares_namespace(const char *own_path, const char *first_path)
{
	struct stat own, first;

	return !stat(own_path, &own) && !stat(first_path, &first) && own.st_ino == first.st_ino &&
	       own.st_dev == first.st_dev;
}

/* 'ip netns exec' enters a named network namespace, and gives its command a mount namespace of its
 * own, whose mounts vanish with the command. Who has only the one or the other (a container, a
 * chroot) has made it to last. Not everybody may look at the first process's.
 */
static bool mount_would_last(char *netns, size_t size)
{
	return !device_current_netns(netns, size) ||
	       shares_namespace("/proc/self/ns/mnt", "/proc/1/ns/mnt") ||
	       shares_namespace("/proc/self/ns/net", "/proc/1/ns/net");
}

#define MOUNT_TIMEOUT_MS 1000 /* anybody may hold that lock: then there may be two mounts */

/* Of two that find none, one mounts, under a lock on the folder beneath. */
static int mount_once(const char *base)
{
	int folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	struct statfs fs;

	if (folder < 0)
		return fail(-errno, "mount a BPF filesystem at", base);
	lock_take(folder, MOUNT_TIMEOUT_MS);
	if (statfs(base, &fs))
		err = -errno;
	else if (fs.f_type != BPF_FS_MAGIC && mount("bpf", base, "bpf", 0, "mode=0755"))
		err = -errno;
	else if (fs.f_type != BPF_FS_MAGIC)
		log_info("mounted a BPF filesystem at %s", base);
	close(folder);
	if (err)
		log_error("could not mount a BPF filesystem at %s: %s%s", base, strerror(-err),
			  log_missing_right(err, "CAP_SYS_ADMIN"));
	return err;
}

static int mount_bpffs(const char *base, bool may_mount)
{
	char netns[NAME_MAX + 1];

	if (!strcmp(base, PIN_DIR_BASE) && !mount_would_last(netns, sizeof(netns))) {
		log_error("could not find a BPF filesystem at %s: 'ip netns exec' hides it behind "
			  "a /sys of its own, and one mounted here would vanish with the command; "
			  "run this outside with --netns %s, or enter the namespace with 'nsenter "
			  "--net=" DEVICE_NETNS_DIR "/%s', which leaves the mounts alone",
			  base, netns, netns);
		return -ENOENT;
	}
	if (!may_mount) {
		log_error("could not find a BPF filesystem at %s: mount one, as root, with 'mount "
			  "-t bpf -o mode=0755 bpf %s'",
			  base, base);
		return -ENOENT;
	}
	return mount_once(base);
}

/* The filesystem of @path or, as long as there is no such file, of its parent. */
static int statfs_nearest(const char *path, struct statfs *fs)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	while (statfs(parent, fs)) {
		slash = strrchr(parent, '/');
		if (errno != ENOENT || !slash)
			return -errno;
		slash[slash == parent] = '\0';
	}
	return 0;
}

int pin_dir_need_bpffs(const char *base, bool may_mount)
{
	struct statfs fs;
	int err;

	err = statfs_nearest(base, &fs);
	if (err)
		return fail(err, "use", base);
	if (fs.f_type == BPF_FS_MAGIC)
		return 0;
	return mount_bpffs(base, may_mount && !strcmp(base, PIN_DIR_BASE));
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Opens the folder that the device's is in. 0 or -errno, with a message only for -EUCLEAN. */
static int open_parent(struct pin_dir *dir, bool make)
{
	int base = folder_open_path(dir->base, make, &dir->existed);
	const char *name = last_name(dir->above);

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

static int is_owned(int parent, const struct dirent *entry, void *context)
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

/* Sets @name to that of the device's folder, which may be of before the device was renamed. 1 then, 0, or
 * -errno with a message.
 */
static int find_own(const struct pin_dir *dir, char *name)
{
	struct search search = { .owner = &dir->own, .name = name };
	struct owner owner;
	int err;

	strcpy(name, last_name(dir->path));
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

/* Gives the last name in the path to another folder. */
static void set_last_name(struct pin_dir *dir, const char *name)
{
	size_t parent = strlen(dir->path) - strlen(last_name(dir->path));

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
	found = dir->parent < 0 ? 0 : find_own(dir, name);
	pin_dir_close(dir);
	if (found <= 0)
		return err;
	set_last_name(dir, name);
	return owner_read(owner, AT_FDCWD, dir->path);
}

int pin_dir_open(struct pin_dir *dir)
{
	char name[NAME_MAX + 1];
	int err = open_parent(dir, false), found = err ? 0 : find_own(dir, name);

	if (found < 0)
		err = found;
	if (found > 0)
		set_last_name(dir, name);
	if (!err)
		dir->fd = folder_open(dir->parent, name, dir->path);
	if (!err && dir->fd >= 0)
		return 0;
	err = err ? err : dir->fd;
	pin_dir_close(dir);
	return err == -ENOENT ? err : fail(err, "open", dir->path);
}

/* On a folder in the directory, as a pin's readers may open the directory. */
static int take_lock(struct pin_dir *dir, const char *name, long timeout_ms)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), dir->path, LOCK);

	if (err)
		return err;
	dir->lock = folder_make(dir->fd, LOCK, path, NULL);
	if (dir->lock < 0)
		return dir->lock;
	err = lock_take(dir->lock, timeout_ms);
	if (!err && (!folder_is_still_at(dir->fd, dir->parent, name) ||
		     !folder_is_still_at(dir->lock, dir->fd, LOCK)))
		err = -ESTALE;
	return err;
}

/* The directory follows the device, to a name that is free. */
static int follow_rename(const struct pin_dir *dir, const char *name)
{
	struct owner owner;

	if (owner_read(&owner, dir->fd, ".") || !owner_is_same(&owner, &dir->own))
		return -ESTALE;
	if (renameat(dir->parent, name, dir->parent, last_name(dir->path))) {
		if (errno != ENOTEMPTY && errno != EEXIST)
			return -errno;
		log_error("could not give the pins of %s, which was %s, its name: %s is there, of "
			  "another device; remove it",
			  dir->device, owner.device, dir->path);
		return -EUCLEAN;
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
	int err = open_parent(dir, true), found = err ? 0 : find_own(dir, name);

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

int pin_dir_lock(struct pin_dir *dir, int timeout_ms)
{
	struct timespec start, now;
	long left = timeout_ms;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((err = try_lock(dir, left)) == -ESTALE && left > 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = timeout_ms - (now.tv_sec - start.tv_sec) * 1000 -
		       (now.tv_nsec - start.tv_nsec) / 1000000;
	}
	if (err == -ETIMEDOUT || err == -ESTALE)
		return lock_refuse(dir->path, LOCK, timeout_ms);
	return err ? fail(err, "lock", dir->path) : 0;
}

int pin_dir_owner(const struct pin_dir *dir, struct owner *owner)
{
	int err = owner_read(owner, dir->fd, ".");

	return err && err != -ENOENT ? fail(err, "read the owner of", dir->path) : err;
}

int pin_dir_own_again(const struct pin_dir *dir, const struct owner *owner)
{
	int err = owner ? owner_write(owner, dir->fd) : owner_remove(dir->fd);

	return err ? fail(err, "write the owner of", dir->path) : 0;
}

int pin_dir_own(const struct pin_dir *dir)
{
	return pin_dir_own_again(dir, &dir->own);
}

static int is_other(int folder, const struct dirent *entry, void *unused)
{
	(void)folder;
	(void)unused;
	return strcmp(entry->d_name, LOCK) && strcmp(entry->d_name, OWNER_LINK) &&
	       strcmp(entry->d_name, OWNER_NEW_LINK);
}

/* 0: it is gone; 1: it is not empty; -errno. */
static int remove_empty(int parent, const char *name)
{
	if (!unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST ? 1 : -errno;
}

/* The device's own folder and its network namespace's, if they are empty; folders above only if they were
 * made for this lock. As above.
 */
static int clear_up(const struct pin_dir *dir)
{
	size_t keep = strlen(dir->base);
	char path[PATH_MAX];
	int err, left;

	err = remove_empty(dir->fd, PROGRAMS);
	if (err >= 0)
		err = folder_each(dir->fd, NULL, is_other, NULL);
	if (!err)
		err = owner_remove(dir->fd);
	left = remove_empty(dir->fd, LOCK);
	if (!left)
		left = remove_empty(dir->parent, last_name(dir->path));
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
void pin_dir_unlock(struct pin_dir *dir)
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

int pin_dir_find_again(struct pin_dir *dir, int timeout_ms)
{
	if (folder_is_still_at(dir->fd, dir->parent, last_name(dir->path)))
		return 0;
	pin_dir_close(dir);
	return pin_dir_lock(dir, timeout_ms);
}

/* The folder called @name, of one or more parts, in the directory; "": the directory itself. The caller
 * closes it. -EUCLEAN is said.
 */
static int open_below(const struct pin_dir *dir, const char *name, bool make)
{
	char part[NAME_MAX + 1], path[PATH_MAX + NAME_MAX + 1];
	int fd = folder_open(dir->fd, ".", dir->path), next;

	for (; fd >= 0 && *name; name += strspn(name, "/")) {
		size_t size = strcspn(name, "/");

		snprintf(part, sizeof(part), "%.*s", (int)size, name);
		snprintf(path, sizeof(path), "%s/%s", dir->path, part);
		next = make ? folder_make(fd, part, path, NULL) : folder_open(fd, part, path);
		close(fd);
		fd = next;
		name += size;
	}
	return fd;
}

/* The folder of what is of this kind and at this place. As above. */
static int open_place(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		      bool make)
{
	return open_below(dir, FOLDERS[place][kind], make);
}

static int id_of(int fd, enum pin_kind kind, __u32 *id)
{
	struct bpf_prog_info prog = { 0 };
	struct bpf_map_info map = { 0 };
	__u32 size = kind == PIN_MAP ? sizeof(map) : sizeof(prog);

	if (bpf_obj_get_info_by_fd(fd, kind == PIN_MAP ? (void *)&map : (void *)&prog, &size))
		return -errno;
	*id = kind == PIN_MAP ? map.id : prog.id;
	return 0;
}

static void close_pin(struct pin *pin)
{
	if (pin->fd >= 0)
		close(pin->fd);
	free(pin->name);
	free(pin->path);
}

/* What a folder is read for. */
struct reading {
	struct pin_list *list;
	const char *path;
	enum pin_kind expected;
	bool write;
};

/* Asks for all at once: nothing that is begun can end because the kernel would not tell any more. */
static int look_at(struct pin *pin, int folder)
{
	int err = id_of(pin->fd, pin->kind, &pin->id);
	struct stat file;

	if (!err && pin->kind == PIN_PROGRAM)
		err = pin_maps_read(pin->fd, &pin->maps);
	if (!err && fstatat(folder, pin->name, &file, AT_SYMLINK_NOFOLLOW))
		err = -errno;
	if (err)
		return err == -ENOENT ? err : fail(err, "look at", pin->path);
	pin->uid = file.st_uid;
	pin->gid = file.st_gid;
	pin->mode = file.st_mode & 0777;
	return 0;
}

/* Opens the pin as what it is. Maps stand in the directory itself, programs in programs/; anything out
 * of place is PIN_OTHER. What cannot be opened cannot be judged: an error, but -ENOENT, which means
 * that it has gone in between, comes without a message.
 */
static int open_pin(struct pin *pin, int folder, const char *name, const struct reading *reading)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), reading->path, name);

	if (err)
		return err;
	*pin = (struct pin){
		.kind = PIN_OTHER, .fd = -1, .name = strdup(name), .path = strdup(path)
	};
	if (!pin->name || !pin->path)
		return fail(-ENOMEM, "read", path);

	pin->fd = folder_get(folder, name, reading->write, &pin->kind);
	if (pin->fd < 0 && pin->fd != -EMEDIUMTYPE)
		return pin->fd == -ENOENT ? -ENOENT : fail(pin->fd, "open", path);
	if (pin->kind == reading->expected)
		return look_at(pin, folder);
	pin->kind = PIN_OTHER;
	if (pin->fd >= 0)
		close(pin->fd);
	pin->fd = -1;
	return 0;
}

static bool is_own_name(const char *name)
{
	static const char *const names[] = { PROGRAMS, STAGED,	   REPLACED,
					     BEFORE,   BEFORE_NEW, UNLOAD_BEGUN,
					     LOCK,     OWNER_LINK, OWNER_NEW_LINK };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static int add_pin(int folder, const struct dirent *entry, void *context)
{
	const struct reading *reading = context;
	struct pin_list *list = reading->list;
	struct pin *pins;
	int err;

	if (reading->expected == PIN_MAP && is_own_name(entry->d_name))
		return 0;
	pins = realloc(list->pins, (list->count + 1) * sizeof(*pins));
	if (!pins)
		return fail(-ENOMEM, "read", reading->path);
	list->pins = pins;
	pins[list->count] = (struct pin){ .fd = -1 };
	err = open_pin(&pins[list->count], folder, entry->d_name, reading);
	if (err)
		close_pin(&pins[list->count]);
	else
		list->count++;
	return err == -ENOENT ? 0 : err;
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct pin *one = a, *other = b;

	return one->kind != other->kind ? (int)one->kind - (int)other->kind :
					  strcmp(one->name, other->name);
}

static int read_kind(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		     struct pin_list *list)
{
	char path[PATH_MAX];
	struct reading reading = {
		.list = list, .path = path, .expected = kind, .write = dir->lock >= 0
	};
	int folder = open_place(dir, place, kind, false), err;

	folder_path(dir, place, kind, path, sizeof(path));
	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(folder, "read", path);
	err = folder_each(folder, path, add_pin, &reading);
	close(folder);
	return err;
}

int pin_dir_read(const struct pin_dir *dir, enum pin_place place, struct pin_list *list)
{
	enum pin_kind kind = place == PIN_REPLACED ? PIN_PROGRAM : PIN_MAP;
	int err = 0;

	*list = (struct pin_list){ 0 };
	for (; kind <= PIN_PROGRAM && !err; kind++)
		err = read_kind(dir, place, kind, list);
	if (list->count)
		qsort(list->pins, list->count, sizeof(*list->pins), by_kind_and_name);
	return err;
}

void pin_list_close(struct pin_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		close_pin(&list->pins[i]);
	free(list->pins);
	*list = (struct pin_list){ 0 };
}

const struct pin *pin_list_find(const struct pin_list *list, enum pin_kind kind, __u32 id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == kind && list->pins[i].id == id)
			return &list->pins[i];
	return NULL;
}

const struct pin *pin_list_find_name(const struct pin_list *list, enum pin_kind kind,
				     const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == kind && !strcmp(list->pins[i].name, name))
			return &list->pins[i];
	return NULL;
}

int pin_maps_read(int fd, struct pin_maps *maps)
{
	struct bpf_prog_info info = { .nr_map_ids = PIN_MAPS_MAX,
				      .map_ids = (__u64)(unsigned long)maps->ids };
	__u32 size = sizeof(info);

	*maps = (struct pin_maps){ 0 }; /* valgrind does not see the kernel fill it */
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	maps->count = info.nr_map_ids < PIN_MAPS_MAX ? info.nr_map_ids : PIN_MAPS_MAX;
	return 0;
}

bool pin_maps_have(const struct pin_maps *maps, __u32 id)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		if (maps->ids[i] == id)
			return true;
	return false;
}

/* A map that is pinned in the list needs no CAP_SYS_ADMIN. */
static int map_info(const struct pin_list *list, __u32 id, struct bpf_map_info *info)
{
	const struct pin *pin = pin_list_find(list, PIN_MAP, id);
	int fd = pin ? pin->fd : bpf_map_get_fd_by_id(id), err = 0;
	__u32 size = sizeof(*info);

	if (fd < 0)
		return -errno;
	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, info, &size))
		err = -errno;
	if (!pin)
		close(fd);
	return err;
}

int pin_find_map(const struct pin_list *list, const struct pin *program, const char *name,
		 __u32 *id)
{
	struct bpf_map_info info = { 0 };
	size_t i;
	int err;

	*id = 0;
	for (i = 0; i < program->maps.count && !*id; i++) {
		err = map_info(list, program->maps.ids[i], &info);
		if (err) {
			log_error("could not look at the maps of %s: %s%s", program->path,
				  strerror(-err), log_missing_right(err, "CAP_SYS_ADMIN"));
			return err;
		}
		if (!strncmp(info.name, name, sizeof(info.name) - 1))
			*id = info.id;
	}
	return 0;
}

bool pin_list_vouches(const struct pin_list *list, __u32 id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == PIN_PROGRAM && pin_maps_have(&list->pins[i].maps, id))
			return true;
	return false;
}

static int set_access(int folder, const char *name, const char *path, uid_t uid, gid_t gid,
		      mode_t mode)
{
	int err = folder_set_access(folder, name, uid, gid, mode);

	return err ? fail(err, "set the owner and the mode of", path) : 0;
}

/* Who may read the live pin of that name may read the staged one. */
static int copy_access(const struct pin_dir *dir, enum pin_kind kind, int staged, const char *name,
		       const char *path)
{
	int live = open_place(dir, PIN_LIVE, kind, false), err;
	struct stat old;

	if (live < 0)
		return live == -ENOENT ? 0 : fail(live, "look at", dir->path);
	err = fstatat(live, name, &old, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
	close(live);
	if (err)
		return err == -ENOENT ? 0 : fail(err, "look at", path);
	return set_access(staged, name, path, old.st_uid, old.st_gid, old.st_mode & 0777);
}

int pin_dir_give_access(const struct pin_dir *dir, const struct pin *pin)
{
	if (pin->kind != PIN_MAP || !dir->access.mode)
		return 0;
	return set_access(dir->fd, pin->name, pin->path, -1, dir->access.gid, dir->access.mode);
}

/* Who may read a pin may read its directory, which inotify asks for, and search it. */
static mode_t directory_mode(mode_t mode)
{
	return FOLDER_MODE | (mode & 0444) | (mode & 0444) >> 2;
}

static int open_directory(int fd, const char *path, gid_t gid, mode_t mode)
{
	if (fchown(fd, -1, gid) || fchmod(fd, mode))
		return fail(-errno, "set the owner and the mode of", path);
	return 0;
}

int pin_dir_give_access_to_directory(const struct pin_dir *dir)
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
		return fail(-errno, "look at", dir->above);
	return open_directory(dir->parent, dir->above, dir->access.gid,
			      mode | (info.st_mode & 0777));
}

/* Pins @fd in that folder, which is made if it is missing. The folder, for the caller to close, or -errno
 * with a message. Sets @path, of PATH_MAX bytes.
 */
static int pin_in(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		  const char *name, int fd, char *path)
{
	char parent[PATH_MAX];
	int folder, err;

	folder_path(dir, place, kind, parent, sizeof(parent));
	err = join(path, PATH_MAX, parent, name);
	if (err)
		return err;
	folder = open_place(dir, place, kind, true);
	if (folder < 0)
		return fail(folder, "pin to", path);
	err = folder_pin(folder, name, fd);
	if (!err)
		return folder;
	close(folder);
	return fail(err, "pin to", path);
}

int pin_dir_stage(const struct pin_dir *dir, enum pin_kind kind, const char *name, int fd)
{
	char path[PATH_MAX], pin_name[NAME_MAX + 1];
	int folder, err;

	if (strlen(name) > NAME_MAX)
		return fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	if (kind == PIN_MAP && is_own_name(pin_name)) {
		log_error("could not pin map %s: the name is taken by what xdp_loader keeps beside "
			  "the maps' pins; rename the map",
			  name);
		return -EINVAL;
	}
	folder = pin_in(dir, PIN_STAGED, kind, pin_name, fd, path);
	if (folder < 0)
		return folder;
	err = copy_access(dir, kind, folder, pin_name, path);
	if (!err && kind == PIN_MAP && dir->access.mode)
		err = set_access(folder, pin_name, path, -1, dir->access.gid, dir->access.mode);
	close(folder);
	return err;
}

int pin_dir_keep_replaced(const struct pin_dir *dir, const char *name, int fd)
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
	err = set_access(folder, pin->name, path, pin->uid, pin->gid, pin->mode);
	close(folder);
	return err;
}

int pin_dir_keep_before(const struct pin_dir *dir, const struct pin_list *live)
{
	int folder = open_below(dir, STAGED "/" BEFORE_NEW, true), err = 0;
	size_t i;

	if (folder < 0)
		return fail(folder, "keep the pins of", dir->path);
	close(folder);
	for (i = 0; i < live->count && !err; i++)
		if (live->pins[i].kind != PIN_OTHER)
			err = keep_pin(dir, &live->pins[i]);
	if (err)
		return err;
	folder = open_below(dir, STAGED, false);
	if (folder < 0 || renameat(folder, BEFORE_NEW, folder, BEFORE))
		err = fail(folder < 0 ? folder : -errno, "keep the pins of", dir->path);
	if (folder >= 0)
		close(folder);
	return err;
}

/* Whether there is a folder of that name: 1, 0 or -errno with a message. */
static int has_folder(const struct pin_dir *dir, const char *name)
{
	int folder = open_below(dir, name, false);

	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(folder, "look into", dir->path);
	close(folder);
	return 1;
}

int pin_dir_kept_before(const struct pin_dir *dir)
{
	return has_folder(dir, STAGED "/" BEFORE);
}

/* Unlinks a pin of ours, and nothing else that may stand there. 0, also if it is gone, or -errno. */
static int unlink_pin(int folder, const char *name)
{
	struct stat info;

	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(info.st_mode))
		return -EUCLEAN;
	return unlinkat(folder, name, 0) && errno != ENOENT ? -errno : 0;
}

/* The new pin waits in the folder of staged maps for its turn. */
int pin_dir_restage(const struct pin_dir *dir, const struct pin *pin, int fd)
{
	int from = open_place(dir, PIN_STAGED, PIN_MAP, false), to, err;

	if (from < 0)
		return fail(from, "open", dir->path);
	to = open_place(dir, PIN_STAGED, PIN_PROGRAM, false);
	err = to < 0 ? to : unlink_pin(from, RESTAGED);
	if (!err)
		err = folder_pin(from, RESTAGED, fd);
	if (!err)
		err = folder_set_access(from, RESTAGED, pin->uid, pin->gid, pin->mode);
	if (!err && renameat(from, RESTAGED, to, pin->name))
		err = -errno;
	close(from);
	if (to >= 0)
		close(to);
	return err ? fail(err, "move a pin to", pin->path) : 0;
}

/* Where entries are moved, or removed, and how that is called in a message. */
struct move {
	int target;
	const char *path;
};

static int rename_pin(int folder, const struct dirent *entry, void *context)
{
	const struct move *move = context;
	char to[PATH_MAX];
	int err = join(to, sizeof(to), move->path, entry->d_name);

	if (err || entry->d_type != DT_REG)
		return err;
	return renameat(folder, entry->d_name, move->target, entry->d_name) ?
		       fail(-errno, "move a pin to", to) :
		       0;
}

static int remove_entry(int folder, const struct dirent *entry, void *path)
{
	int err = entry->d_type == DT_REG ? unlink_pin(folder, entry->d_name) : 0;

	return err ? fail(err, "remove a pin from", path) : 0;
}

/* Moves what is staged; nothing of that kind may be. */
static int move_staged(const struct pin_dir *dir, enum pin_kind kind, int staged)
{
	char path[PATH_MAX];
	struct move move = { .target = open_place(dir, PIN_LIVE, kind, true), .path = path };
	int err;

	folder_path(dir, PIN_LIVE, kind, path, sizeof(path));
	if (move.target < 0)
		return fail(move.target, "make", path);
	err = folder_each(staged, path, rename_pin, &move);
	close(move.target);
	return err;
}

int pin_dir_commit(const struct pin_dir *dir, enum pin_kind kind)
{
	int staged = open_place(dir, PIN_STAGED, kind, false), err = 0;

	if (staged >= 0) {
		err = move_staged(dir, kind, staged);
		close(staged);
	} else if (staged != -ENOENT) {
		err = fail(staged, "read", dir->path);
	}
	return err ? err : kind == PIN_PROGRAM ? pin_dir_unstage(dir) : 0;
}

/* Removes the folder called @name in the directory, if it is there. */
static int remove_folder(const struct pin_dir *dir, const char *name)
{
	char parent[PATH_MAX], path[PATH_MAX];
	char *slash;
	int folder, err = 0;

	snprintf(parent, sizeof(parent), "%s", name);
	slash = strrchr(parent, '/');
	*(slash ? slash : parent) = '\0';
	snprintf(path, sizeof(path), "%.2000s/%.2000s", dir->path, name);
	folder = open_below(dir, parent, false);
	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(folder, "remove", path);
	if (unlinkat(folder, last_name(name), AT_REMOVEDIR) && errno != ENOENT)
		err = fail(-errno, "remove", path);
	close(folder);
	return err;
}

/* Removes the pins there and their folder, which is staged-pins or one in it. */
static int remove_pins(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind)
{
	int folder = open_place(dir, place, kind, false), err;
	char path[PATH_MAX];

	folder_path(dir, place, kind, path, sizeof(path));
	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(folder, "read", path);
	err = folder_each(folder, path, remove_entry, path);
	close(folder);
	return err ? err : remove_folder(dir, FOLDERS[place][kind]);
}

/* The program first: it is what makes a staged load one that can go forward. What was before goes when
 * nothing can go back to it, its programs' folder being in that of its maps.
 */
int pin_dir_unstage(const struct pin_dir *dir)
{
	static const struct {
		enum pin_place place;
		enum pin_kind kind;
	} order[] = {
		{ PIN_STAGED, PIN_PROGRAM },	 { PIN_REPLACED, PIN_PROGRAM },
		{ PIN_BEFORE_NEW, PIN_PROGRAM }, { PIN_BEFORE_NEW, PIN_MAP },
		{ PIN_BEFORE, PIN_PROGRAM },	 { PIN_BEFORE, PIN_MAP },
		{ PIN_STAGED, PIN_MAP },
	};
	int err = has_folder(dir, STAGED);
	size_t i;

	if (err <= 0)
		return err;
	for (i = 0, err = 0; i < sizeof(order) / sizeof(order[0]) && !err; i++)
		err = remove_pins(dir, order[i].place, order[i].kind);
	return err;
}

int pin_dir_begin_unload(const struct pin_dir *dir)
{
	return mkdirat(dir->fd, UNLOAD_BEGUN, FOLDER_MODE) && errno != EEXIST ?
		       fail(-errno, "mark an unload in", dir->path) :
		       0;
}

int pin_dir_end_unload(const struct pin_dir *dir)
{
	return remove_folder(dir, UNLOAD_BEGUN);
}

int pin_dir_unload_begun(const struct pin_dir *dir)
{
	return has_folder(dir, UNLOAD_BEGUN);
}

static bool is_same(int folder, const struct pin *pin)
{
	enum pin_kind kind;
	__u32 id;
	int fd = folder_get(folder, pin->name, false, &kind);
	bool same = fd >= 0 && kind == pin->kind && !id_of(fd, kind, &id) && id == pin->id;

	if (fd >= 0)
		close(fd);
	return same;
}

int pin_dir_restore(const struct pin_dir *dir, const struct pin *pin)
{
	int folder = open_place(dir, PIN_LIVE, pin->kind, true), err = 0;

	if (folder < 0)
		return fail(folder, "put back", pin->path);
	if (!is_same(folder, pin)) {
		err = unlink_pin(folder, pin->name);
		if (!err)
			err = folder_pin(folder, pin->name, pin->fd);
	}
	if (!err)
		err = folder_set_access(folder, pin->name, pin->uid, pin->gid, pin->mode);
	close(folder);
	return err ? fail(err, "put back", pin->path) : 0;
}

int pin_dir_remove(const struct pin_dir *dir, const struct pin *pin)
{
	int folder = open_place(dir, PIN_LIVE, pin->kind, false), err;

	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(folder, "remove", pin->path);
	err = unlink_pin(folder, pin->name);
	close(folder);
	return err ? fail(err, "remove", pin->path) : 0;
}
