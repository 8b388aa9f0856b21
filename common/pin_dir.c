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
#define RESTAGED "attached-program" /* on its way to the place of the staged program */
#define UNLOAD_BEGUN "unload-begun"

/* The owner alone may list and open: what the directory's pins allow is decided there. */
#define DIR_MODE 0700

static const char *advice(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return "; run as root";
	case -ENOTDIR:
		return "; what stands there is in the way of our directory, move it";
	case -ENOSPC:
	case -ENOMEM:
		return "; free some memory first";
	default:
		return "";
	}
}

static int fail(int err, const char *verb, const char *path)
{
	log_error("could not %s %s: %s%s", verb, path, strerror(-err), advice(err));
	return err;
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

int pin_dir_init(struct pin_dir *dir, const char *base, const char *netns, const char *device)
{
	char parent[PATH_MAX], netns_name[NAME_MAX + 1], device_name[IF_NAMESIZE];
	int err;

	*dir = (struct pin_dir){
		.base = base, .netns = netns, .device = device, .access.gid = -1, .fd = -1
	};
	device_pin_name(device, device_name);
	if (!netns)
		return join(dir->path, sizeof(dir->path), base, device_name);

	strcpy(netns_name, PIN_DIR_NETNS_PREFIX);
	device_pin_name(netns, netns_name + strlen(netns_name));
	err = join(parent, sizeof(parent), base, netns_name);
	return err ? err : join(dir->path, sizeof(dir->path), parent, device_name);
}

int pin_dir_map_path(const struct pin_dir *dir, const char *name, char *path, size_t size)
{
	char pin_name[NAME_MAX + 1];

	if (strlen(name) > NAME_MAX)
		return fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	return join(path, size, dir->path, pin_name);
}

/* The folder of what is of this kind and at this place. */
static int folder_path(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		       char *path, size_t size)
{
	const char *name = place == PIN_REPLACED ? STAGED "/" REPLACED :
			   place == PIN_LIVE	 ? (kind == PIN_MAP ? "" : PROGRAMS) :
						   (kind == PIN_MAP ? STAGED : STAGED "/" PROGRAMS);

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
	if (mount("bpf", base, "bpf", 0, "mode=0755"))
		return fail(-errno, "mount a BPF filesystem at", base);
	log_info("mounted a BPF filesystem at %s", base);
	return 0;
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

/* Makes @path and the parents that it lacks. Where it makes one, the length of the path that was
 * there goes to @existed, if that is 0.
 */
static int make_dirs(const char *path, size_t *existed)
{
	char part[PATH_MAX];
	char *end = part;

	snprintf(part, sizeof(part), "%s", path);
	while (*end) {
		size_t parent = end - part;

		end = strchrnul(end + 1, '/');
		*end = '\0';
		if (mkdir(part, DIR_MODE)) {
			if (errno != EEXIST)
				return -errno;
		} else if (existed && !*existed) {
			*existed = parent;
		}
		*end = path[end - part];
	}
	return 0;
}

static bool is_still_at(int fd, const char *path)
{
	struct stat held, named;

	return !fstat(fd, &held) && !stat(path, &named) && held.st_ino == named.st_ino &&
	       held.st_dev == named.st_dev;
}

/* One try: the descriptor, -ETIMEDOUT (somebody held it all the time), -ESTALE (it was removed in
 * between: the last writer takes the empty directory away), or another -errno.
 */
static int try_lock(struct pin_dir *dir, bool create, long timeout_ms)
{
	int fd, err = create ? make_dirs(dir->path, &dir->existed) : 0;

	if (err)
		return err == -ENOENT ? -ESTALE : err;
	fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT && create ? -ESTALE : -errno;
	err = lock_take(fd, timeout_ms);
	if (!err && !is_still_at(fd, dir->path))
		err = -ESTALE;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int pin_dir_lock(struct pin_dir *dir, bool create, int timeout_ms)
{
	struct timespec start, now;
	long left = timeout_ms;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((fd = try_lock(dir, create, left)) == -ESTALE && left > 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = timeout_ms - (now.tv_sec - start.tv_sec) * 1000 -
		       (now.tv_nsec - start.tv_nsec) / 1000000;
	}
	if (fd == -ENOENT && !create)
		return fd;
	if (fd == -ETIMEDOUT || fd == -ESTALE)
		return lock_refuse(dir->path, timeout_ms);
	if (fd < 0)
		return fail(fd, "lock", dir->path);
	dir->fd = fd;
	return 0;
}

void pin_dir_unlock(struct pin_dir *dir)
{
	char path[PATH_MAX];
	size_t keep;
	char *slash;

	if (dir->fd < 0)
		return;
	if (!folder_path(dir, PIN_LIVE, PIN_PROGRAM, path, sizeof(path)))
		rmdir(path);

	/* The device's own folder and its network namespace's go when they are empty; folders above
	 * only if they were made for this lock.
	 */
	snprintf(path, sizeof(path), "%s", dir->path);
	keep = strlen(dir->base);
	if (dir->existed && dir->existed < keep)
		keep = dir->existed;
	while (strlen(path) > keep && !rmdir(path)) {
		slash = strrchr(path, '/');
		*slash = '\0';
	}
	close(dir->fd);
	dir->fd = -1;
	dir->existed = 0;
}

enum pin_kind pin_kind(int fd)
{
	char link[64], target[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target) - 1);
	target[len < 0 ? 0 : len] = '\0';
	return !strcmp(target, "anon_inode:bpf-map")  ? PIN_MAP :
	       !strcmp(target, "anon_inode:bpf-prog") ? PIN_PROGRAM :
							PIN_OTHER;
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

/* Asks for all at once: nothing that is begun can end because the kernel would not tell any more. */
static int look_at(struct pin *pin)
{
	int err = id_of(pin->fd, pin->kind, &pin->id);
	struct stat file;

	if (!err && pin->kind == PIN_PROGRAM)
		err = pin_maps_read(pin->fd, &pin->maps);
	if (!err && stat(pin->path, &file))
		err = -errno;
	if (err)
		return err == -ENOENT ? err : fail(err, "look at", pin->path);
	pin->uid = file.st_uid;
	pin->gid = file.st_gid;
	pin->mode = file.st_mode & 0777;
	return 0;
}

/* Opens @parent/@name as what it is. Maps stand in the directory itself, programs in programs/;
 * anything out of place is PIN_OTHER. What cannot be opened cannot be judged: an error, but -ENOENT,
 * which means that it has gone in between, comes without a message.
 */
static int open_pin(struct pin *pin, const char *parent, const struct dirent *entry,
		    enum pin_kind expected)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), parent, entry->d_name);

	if (err)
		return err;
	*pin = (struct pin){
		.kind = PIN_OTHER, .fd = -1, .name = strdup(entry->d_name), .path = strdup(path)
	};
	if (!pin->name || !pin->path)
		return fail(-ENOMEM, "read", path);
	if (entry->d_type != DT_REG)
		return 0;

	pin->fd = bpf_obj_get(path);
	if (pin->fd < 0)
		return errno == ENOENT ? -ENOENT : fail(-errno, "open", path);
	pin->kind = pin_kind(pin->fd);
	if (pin->kind == expected)
		return look_at(pin);
	pin->kind = PIN_OTHER;
	close(pin->fd);
	pin->fd = -1;
	return 0;
}

static int add_pin(struct pin_list *list, const char *parent, const struct dirent *entry,
		   enum pin_kind expected)
{
	struct pin *pins = realloc(list->pins, (list->count + 1) * sizeof(*pins));
	int err;

	if (!pins)
		return fail(-ENOMEM, "read", parent);
	list->pins = pins;
	pins[list->count] = (struct pin){ .fd = -1 };
	err = open_pin(&pins[list->count], parent, entry, expected);
	if (err)
		close_pin(&pins[list->count]);
	else
		list->count++;
	return err == -ENOENT ? 0 : err;
}

static bool is_own_name(const char *name)
{
	return !strcmp(name, PROGRAMS) || !strcmp(name, STAGED) || !strcmp(name, REPLACED) ||
	       !strcmp(name, UNLOAD_BEGUN);
}

/* Calls @act for each entry of the folder; a folder that is not there has none. */
static int each_entry(const char *path,
		      int (*act)(const char *path, const struct dirent *entry, void *context),
		      void *context)
{
	struct dirent *entry;
	int err = 0;
	DIR *folder;

	folder = opendir(path);
	if (!folder)
		return errno == ENOENT ? 0 : fail(-errno, "read", path);
	while (!err && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = act(path, entry, context);
	closedir(folder);
	return err;
}

static int add_map(const char *path, const struct dirent *entry, void *list)
{
	return is_own_name(entry->d_name) ? 0 : add_pin(list, path, entry, PIN_MAP);
}

static int add_program(const char *path, const struct dirent *entry, void *list)
{
	return add_pin(list, path, entry, PIN_PROGRAM);
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct pin *one = a, *other = b;

	return one->kind != other->kind ? (int)one->kind - (int)other->kind :
					  strcmp(one->name, other->name);
}

int pin_dir_read(const struct pin_dir *dir, enum pin_place place, struct pin_list *list)
{
	char path[PATH_MAX];
	enum pin_kind kind;
	int err = 0;

	*list = (struct pin_list){ 0 };
	for (kind = place == PIN_REPLACED ? PIN_PROGRAM : PIN_MAP; kind <= PIN_PROGRAM && !err;
	     kind++) {
		err = folder_path(dir, place, kind, path, sizeof(path));
		if (!err)
			err = each_entry(path, kind == PIN_MAP ? add_map : add_program, list);
	}
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

static int map_info(__u32 id, struct bpf_map_info *info)
{
	__u32 size = sizeof(*info);
	int fd = bpf_map_get_fd_by_id(id), err = 0;

	if (fd < 0)
		return -errno;
	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, info, &size))
		err = -errno;
	close(fd);
	return err;
}

int pin_find_map(const struct pin *program, const char *name, __u32 *id)
{
	struct bpf_map_info info = { 0 };
	size_t i;
	int err;

	*id = 0;
	for (i = 0; i < program->maps.count && !*id; i++) {
		err = map_info(program->maps.ids[i], &info);
		if (err)
			return fail(err, "look at the maps of", program->path);
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

static int set_access(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	if (chown(path, uid, gid) || chmod(path, mode))
		return fail(-errno, "set the owner and the mode of", path);
	return 0;
}

/* Who may read the pin at @model may read the one at @path. */
static int copy_access(const char *path, const char *model)
{
	struct stat old;

	if (stat(model, &old))
		return errno == ENOENT ? 0 : fail(-errno, "look at", model);
	return set_access(path, old.st_uid, old.st_gid, old.st_mode & 0777);
}

static int give_access(const struct pin_access *access, const char *path)
{
	return access->mode ? set_access(path, -1, access->gid, access->mode) : 0;
}

int pin_dir_give_access(const struct pin_dir *dir, const struct pin *pin)
{
	return pin->kind == PIN_MAP ? give_access(&dir->access, pin->path) : 0;
}

/* Who may read a pin may read its directory, which inotify asks for, and search it. */
static mode_t directory_mode(mode_t mode)
{
	return DIR_MODE | (mode & 0444) | (mode & 0444) >> 2;
}

int pin_dir_give_access_to_directory(const struct pin_dir *dir)
{
	struct pin_access access = dir->access;
	char above[PATH_MAX];
	struct stat info;
	int err;

	if (!access.mode)
		return 0;
	access.mode = directory_mode(access.mode);
	err = give_access(&access, dir->path);
	if (err || !dir->netns)
		return err;
	/* Other devices' pins are there too: what they need stays. */
	snprintf(above, sizeof(above), "%s", dir->path);
	*strrchr(above, '/') = '\0';
	if (stat(above, &info))
		return fail(-errno, "look at", above);
	access.mode |= info.st_mode & 0777;
	return give_access(&access, above);
}

/* Pins @fd in that folder, which is made where it is missing. Sets @path, of PATH_MAX bytes. */
static int pin_in(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		  const char *name, int fd, char *path)
{
	char folder[PATH_MAX];
	int err = folder_path(dir, place, kind, folder, sizeof(folder));

	if (!err)
		err = join(path, PATH_MAX, folder, name);
	if (err)
		return err;
	err = make_dirs(folder, NULL);
	if (!err && bpf_obj_pin(fd, path))
		err = -errno;
	return err ? fail(err, "pin to", path) : 0;
}

int pin_dir_stage(const struct pin_dir *dir, enum pin_kind kind, const char *name, int fd)
{
	char folder[PATH_MAX], path[PATH_MAX], live[PATH_MAX], pin_name[NAME_MAX + 1];
	int err;

	if (strlen(name) > NAME_MAX)
		return fail(-ENAMETOOLONG, "pin", name);
	device_pin_name(name, pin_name);
	if (kind == PIN_MAP && is_own_name(pin_name)) {
		log_error("could not pin map %s: the name is taken by the folder of the programs' "
			  "pins; rename the map",
			  name);
		return -EINVAL;
	}
	err = pin_in(dir, PIN_STAGED, kind, pin_name, fd, path);
	if (err)
		return err;
	err = folder_path(dir, PIN_LIVE, kind, folder, sizeof(folder));
	if (!err)
		err = join(live, sizeof(live), folder, pin_name);
	if (!err)
		err = copy_access(path, live);
	return !err && kind == PIN_MAP ? give_access(&dir->access, path) : err;
}

int pin_dir_keep_replaced(const struct pin_dir *dir, const char *name, int fd)
{
	char path[PATH_MAX];

	return pin_in(dir, PIN_REPLACED, PIN_PROGRAM, name, fd, path);
}

int pin_dir_restage(const struct pin_dir *dir, const struct pin *pin, int fd)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), dir->path, STAGED "/" RESTAGED);

	if (!err && unlink(path) && errno != ENOENT)
		err = fail(-errno, "remove", path);
	if (!err && bpf_obj_pin(fd, path))
		err = fail(-errno, "pin to", path);
	if (!err)
		err = copy_access(path, pin->path);
	if (!err && rename(path, pin->path))
		err = fail(-errno, "move a pin to", pin->path);
	return err;
}

static int rename_pin(const char *folder, const struct dirent *entry, void *target)
{
	char from[PATH_MAX], to[PATH_MAX];
	int err = join(from, sizeof(from), folder, entry->d_name);

	if (!err)
		err = join(to, sizeof(to), target, entry->d_name);
	if (err || entry->d_type == DT_DIR)
		return err;
	return rename(from, to) ? fail(-errno, "move a pin to", to) : 0;
}

static int unlink_pin(const char *folder, const struct dirent *entry, void *unused)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), folder, entry->d_name);

	(void)unused;
	return !err && entry->d_type != DT_DIR && unlink(path) ? fail(-errno, "remove", path) : err;
}

static int remove_folder(const char *path)
{
	return rmdir(path) && errno != ENOENT ? fail(-errno, "remove", path) : 0;
}

int pin_dir_commit(const struct pin_dir *dir, enum pin_kind kind)
{
	char staged[PATH_MAX], live[PATH_MAX];
	int err = folder_path(dir, PIN_STAGED, kind, staged, sizeof(staged));

	if (!err)
		err = folder_path(dir, PIN_LIVE, kind, live, sizeof(live));
	if (!err && kind == PIN_PROGRAM) {
		err = make_dirs(live, NULL);
		if (err)
			return fail(err, "make", live);
	}
	if (!err)
		err = each_entry(staged, rename_pin, live);
	return err ? err : kind == PIN_PROGRAM ? pin_dir_unstage(dir) : 0;
}

static int remove_pins(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind)
{
	char path[PATH_MAX];
	int err = folder_path(dir, place, kind, path, sizeof(path));

	if (!err)
		err = each_entry(path, unlink_pin, NULL);
	return err ? err : remove_folder(path);
}

int pin_dir_unstage(const struct pin_dir *dir)
{
	/* The program first: it is what makes a staged load one that can go forward. */
	int err = remove_pins(dir, PIN_STAGED, PIN_PROGRAM);

	if (!err)
		err = remove_pins(dir, PIN_REPLACED, PIN_PROGRAM);
	return err ? err : remove_pins(dir, PIN_STAGED, PIN_MAP);
}

static int unload_mark(const struct pin_dir *dir, char *path, size_t size)
{
	return join(path, size, dir->path, UNLOAD_BEGUN);
}

int pin_dir_begin_unload(const struct pin_dir *dir)
{
	char path[PATH_MAX];
	int err = unload_mark(dir, path, sizeof(path));

	return !err && mkdir(path, DIR_MODE) && errno != EEXIST ? fail(-errno, "make", path) : err;
}

int pin_dir_end_unload(const struct pin_dir *dir)
{
	char path[PATH_MAX];
	int err = unload_mark(dir, path, sizeof(path));

	return err ? err : remove_folder(path);
}

bool pin_dir_unload_begun(const struct pin_dir *dir)
{
	char path[PATH_MAX];

	return !unload_mark(dir, path, sizeof(path)) && !access(path, F_OK);
}

int pin_restore(const struct pin *pin)
{
	struct pin now = { .fd = bpf_obj_get(pin->path) };
	bool same = now.fd >= 0 && !id_of(now.fd, pin->kind, &now.id) && now.id == pin->id;
	char folder[PATH_MAX];
	int err = 0;

	if (now.fd >= 0)
		close(now.fd);
	if (!same) {
		snprintf(folder, sizeof(folder), "%s", pin->path);
		*strrchr(folder, '/') = '\0';
		err = make_dirs(folder, NULL);
		if (!err && unlink(pin->path) && errno != ENOENT)
			err = -errno;
		if (!err && bpf_obj_pin(pin->fd, pin->path))
			err = -errno;
	}
	return err ? fail(err, "put back", pin->path) :
		     set_access(pin->path, pin->uid, pin->gid, pin->mode);
}

int pin_remove(const struct pin *pin)
{
	if (unlink(pin->path) && errno != ENOENT)
		return fail(-errno, "remove", pin->path);
	return 0;
}
