// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "dispatcher_pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include "bpf_info.h"
#include "bpffs.h"
#include "device_xdp.h"
#include "flock_wait.h"
#include "folder.h"
#include "libxdp_pins.h"
#include "log.h"
#include "pin_dir.h"

/* Of the process that has the lock on @path: its user, if it is not one that may load; else 0. */
static uid_t foreign_holder(const char *path, int *pid)
{
	char process[64];
	struct stat info;

	*pid = flock_holder(path);
	snprintf(process, sizeof(process), "/proc/%d", *pid);
	if (*pid <= 0 || stat(process, &info) || info.st_uid == geteuid())
		return 0;
	return info.st_uid;
}

bool dispatcher_pins_are_safe(void)
{
	char path[PATH_MAX];
	int fd = libxdp_pins_open(), pid;

	if (fd >= 0)
		close(fd);
	libxdp_pins_path(path, sizeof(path));
	return fd != -EUCLEAN && !foreign_holder(path, &pid);
}

static void say_unsafe(const char *path)
{
	char holder[96] = "";
	struct stat info = { 0 };
	uid_t user;
	int pid;

	lstat(path, &info);
	user = foreign_holder(path, &pid);
	if (pid > 0)
		snprintf(holder, sizeof(holder), ", and process %d of user %u holds its lock", pid,
			 user);
	log_warn(
		"could not use libxdp's folder %s: it is user %u's and group %u's, of mode %04o%s; "
		"going on without libxdp, until somebody removes it",
		path, info.st_uid, info.st_gid, info.st_mode & 07777, holder);
}

/* Which dispatchers are to go. */
struct search {
	__u32 id; /* of the dispatcher; 0: any */
	int (*is_ours)(int fd, __u32 program, const void *context);
	const void *context;
};

static bool is_program(const char *name)
{
	const char *suffix = strrchr(name, '-');

	return suffix && !strcmp(suffix, LIBXDP_PINS_PROGRAM_SUFFIX);
}

static int is_of_ours(int folder, const struct dirent64 *entry, void *context)
{
	const struct search *search = context;
	struct bpf_prog_info info = { 0 };
	enum pin_kind kind;
	int fd, ours = 0;

	if (!is_program(entry->d_name))
		return 0;
	fd = folder_get(folder, entry->d_name, true, &kind, NULL);
	if (fd < 0)
		return fd == -ENOENT || fd == -EMEDIUMTYPE ? 0 : fd;
	if (kind == PIN_PROGRAM)
		ours = bpf_info_program(fd, &info);
	if (!ours && kind == PIN_PROGRAM)
		ours = search->is_ours(fd, info.id, search->context);
	close(fd);
	return ours;
}

/* 1, 0 or -errno. A device that is not there has nothing attached. */
static int is_attached(int ifindex, __u32 id)
{
	struct device_xdp xdp;
	int err = device_xdp_query(ifindex, &xdp);

	if (err)
		return err == -ENODEV ? 0 : err;
	return xdp.native == id || xdp.skb == id || xdp.offloaded == id;
}

static int remove_entry(int folder, const struct dirent64 *entry, void *unused)
{
	(void)unused;
	return entry->d_type == DT_REG && unlinkat(folder, entry->d_name, 0) ? -errno : 0;
}

/* Whether what is in @folder, of this dispatcher, is to go: 1, 0 or -errno. */
static int is_to_go(const struct search *search, int folder, int ifindex, __u32 id)
{
	int attached = is_attached(ifindex, id);

	if (attached)
		return attached < 0 ? attached : 0;
	return search->id ? 1 : folder_each(folder, NULL, is_of_ours, (void *)search);
}

static int look_at(int parent, const struct dirent64 *entry, void *context)
{
	struct search *search = context;
	int folder, ifindex, err, go;
	__u32 id;

	if (sscanf(entry->d_name, LIBXDP_PINS_DISPATCHER, &ifindex, &id) != 2 ||
	    (search->id && id != search->id))
		return 0;
	folder = folder_open(parent, entry->d_name, NULL);
	if (folder < 0)
		return folder == -ENOENT || folder == -EUCLEAN ? 0 : folder;
	go = is_to_go(search, folder, ifindex, id);
	if (go > 0) {
		err = folder_each(folder, NULL, remove_entry, NULL);
		if (!err && unlinkat(parent, entry->d_name, AT_REMOVEDIR))
			err = -errno;
		if (err)
			log_warn("could not remove %s, which libxdp has left there: %s",
				 entry->d_name, strerror(-err));
	}
	close(folder);
	return go < 0 ? go : 0;
}

/* Opens the folder and takes the lock. -ENOENT without a message if libxdp was never here; -EUCLEAN
 * without one if somebody else's folder or process is in the way.
 */
static int open_locked(char *path, size_t size, int timeout_ms)
{
	int fd = libxdp_pins_open(), err, pid;

	libxdp_pins_path(path, size);
	if (fd == -EUCLEAN)
		return fd;
	if (fd < 0)
		return -ENOENT;
	err = flock_take(fd, 0);
	if (err == -ETIMEDOUT)
		err = foreign_holder(path, &pid) ? -EUCLEAN : flock_take(fd, timeout_ms);
	if (!err)
		return fd;
	close(fd);
	if (err == -ETIMEDOUT)
		return flock_refuse(path, "", timeout_ms);
	if (err != -EUCLEAN)
		log_error("could not lock %s: %s", path, strerror(-err));
	return err;
}

static int remove_found(struct search *search, int timeout_ms)
{
	char path[PATH_MAX];
	int fd = open_locked(path, sizeof(path), timeout_ms), err;

	if (fd < 0)
		return fd == -ENOENT || fd == -EUCLEAN ? 0 : fd;
	err = folder_each(fd, NULL, look_at, search);
	close(fd);
	return err ? folder_fail(err, "look for what libxdp has left in", path) : 0;
}

int dispatcher_pins_wait(int timeout_ms)
{
	char path[PATH_MAX];
	int fd = open_locked(path, sizeof(path), timeout_ms);

	if (fd >= 0)
		close(fd);
	if (fd == -EUCLEAN)
		say_unsafe(path);
	return fd >= 0 || fd == -ENOENT || fd == -EUCLEAN ? 0 : fd;
}

int dispatcher_pins_remove(__u32 id, int timeout_ms)
{
	return remove_found(&(struct search){ .id = id }, timeout_ms);
}

int dispatcher_pins_remove_ours(int (*is_ours)(int fd, __u32 program, const void *context),
				const void *context, int timeout_ms)
{
	return remove_found(&(struct search){ .is_ours = is_ours, .context = context }, timeout_ms);
}
