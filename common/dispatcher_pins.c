// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "dispatcher_pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include "lock.h"
#include "log.h"
#include "pin_dir.h"

#define DISPATCHER "dispatch-%d-%u"
#define PROGRAM_SUFFIX "-prog"

/* Where libxdp keeps all that it pins; the folder is also its lock. */
static void folder_path(char *path, size_t size)
{
	const char *root = getenv(XDP_BPFFS_ENVVAR);

	snprintf(path, size, "%s/xdp", root && *root ? root : PIN_DIR_BASE);
}

int dispatcher_pins_open(int ifindex, __u32 dispatcher, unsigned int n)
{
	char folder[PATH_MAX], path[PATH_MAX + 64];
	int fd;

	folder_path(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/" DISPATCHER "/prog%u" PROGRAM_SUFFIX, folder, ifindex,
		 dispatcher, n);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

/* Which dispatchers are to go. */
struct search {
	__u32 id; /* of the dispatcher; 0: any */
	bool (*is_ours)(__u32 program, const void *context);
	const void *context;
};

static bool is_program(const char *name)
{
	const char *suffix = strrchr(name, '-');

	return suffix && !strcmp(suffix, PROGRAM_SUFFIX);
}

static __u32 pinned_id(const char *folder, const char *name)
{
	char path[PATH_MAX + 2 * (NAME_MAX + 1)];
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		info.id = 0;
	close(fd);
	return info.id;
}

static bool holds_ours(DIR *entries, const char *folder, const struct search *search)
{
	struct dirent *entry;

	while ((entry = readdir(entries))) {
		__u32 id = is_program(entry->d_name) ? pinned_id(folder, entry->d_name) : 0;

		if (id && search->is_ours(id, search->context))
			return true;
	}
	return false;
}

static bool is_attached(int ifindex, __u32 id)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	return !bpf_xdp_query(ifindex, 0, &opts) &&
	       (opts.drv_prog_id == id || opts.skb_prog_id == id || opts.hw_prog_id == id);
}

static int remove_all(DIR *entries, const char *folder)
{
	struct dirent *entry;

	rewinddir(entries);
	while ((entry = readdir(entries)))
		if (entry->d_type != DT_DIR && unlinkat(dirfd(entries), entry->d_name, 0))
			return -errno;
	return rmdir(folder) ? -errno : 0;
}

static void look_at(const char *parent, const char *name, const struct search *search)
{
	char folder[PATH_MAX + NAME_MAX + 1];
	DIR *entries;
	int ifindex, err;
	__u32 id;

	if (sscanf(name, DISPATCHER, &ifindex, &id) != 2 || (search->id && id != search->id))
		return;
	snprintf(folder, sizeof(folder), "%s/%s", parent, name);
	entries = opendir(folder);
	if (!entries)
		return;
	if ((search->id || holds_ours(entries, folder, search)) && !is_attached(ifindex, id)) {
		err = remove_all(entries, folder);
		if (err)
			log_warn("could not remove %s, which libxdp has left there: %s", folder,
				 strerror(-err));
	}
	closedir(entries);
}

/* Opens the folder and takes the lock: -ENOENT without a message where libxdp was never here. */
static int open_locked(char *path, size_t size, int timeout_ms)
{
	int fd, err;

	folder_path(path, size);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -ENOENT;
	err = lock_take(fd, timeout_ms);
	if (!err)
		return fd;
	close(fd);
	if (err == -ETIMEDOUT)
		return lock_refuse(path, "", timeout_ms);
	log_error("could not lock %s: %s", path, strerror(-err));
	return err;
}

static int remove_found(const struct search *search, int timeout_ms)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int fd = open_locked(path, sizeof(path), timeout_ms);
	DIR *folders;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	folders = fdopendir(fd);
	if (!folders) {
		log_error("could not read %s: %s", path, strerror(errno));
		close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(folders)))
		look_at(path, entry->d_name, search);
	closedir(folders);
	return 0;
}

int dispatcher_pins_wait(int timeout_ms)
{
	char path[PATH_MAX];
	int fd = open_locked(path, sizeof(path), timeout_ms);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	close(fd);
	return 0;
}

int dispatcher_pins_remove(__u32 id, int timeout_ms)
{
	return remove_found(&(struct search){ .id = id }, timeout_ms);
}

int dispatcher_pins_remove_ours(bool (*is_ours)(__u32 program, const void *context),
				const void *context, int timeout_ms)
{
	return remove_found(&(struct search){ .is_ours = is_ours, .context = context }, timeout_ms);
}
