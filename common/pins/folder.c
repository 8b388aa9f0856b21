// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <bpf/bpf.h>

#include "log.h"

bool folder_is_foreign(const struct stat *info)
{
	return (info->st_uid && info->st_uid != geteuid()) || info->st_mode & 0022;
}

bool folder_is_left_out(const char *path, bool say)
{
	struct stat info;

	if (lstat(path, &info) || !folder_is_foreign(&info))
		return false;
	if (say)
		log_warn("%s is left out: it is user %u's and group %u's, of mode %04o; only a "
			 "folder of root's or yours that nobody else may write to is believed",
			 path, info.st_uid, info.st_gid, info.st_mode & 07777);
	return true;
}

/* -EUCLEAN. */
static int refuse(const struct stat *info, const char *path)
{
	if (path)
		log_error("could not use %s: it is a %s of user %u's and group %u's, of mode %04o; "
			  "only a folder of root's or yours that nobody else may write to is "
			  "safe; look what it is, and remove it",
			  path, S_ISLNK(info->st_mode) ? "link" : "folder", info->st_uid,
			  info->st_gid, info->st_mode & 07777);
	return -EUCLEAN;
}

/* O_NOFOLLOW makes a link an error, and O_DIRECTORY calls it ENOTDIR as any file. */
static int open_error(int parent, const char *name, const char *path)
{
	int err = -errno;
	struct stat info;

	if (err == -ENOENT || fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISLNK(info.st_mode))
		return err;
	return refuse(&info, path);
}

/* Others may write to the root of a BPF filesystem only if it has the sticky bit, as they could
 * rename our folder otherwise.
 */
static int check(int fd, const char *path, bool is_root)
{
	struct stat info;

	if (fstat(fd, &info))
		return -errno;
	if (is_root && info.st_mode & S_ISVTX)
		info.st_mode &= ~0022;
	return folder_is_foreign(&info) ? refuse(&info, path) : 0;
}

static int checked(int fd, const char *path, bool is_root)
{
	int err = check(fd, path, is_root);

	if (!err)
		return fd;
	close(fd);
	return err;
}

int folder_open(int parent, const char *name, const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? open_error(parent, name, path) : checked(fd, path, false);
}

int folder_make(int parent, const char *name, const char *path, bool *made)
{
	bool is_new = !mkdirat(parent, name, FOLDER_MODE);

	if (!is_new && errno != EEXIST)
		return -errno;
	if (made)
		*made = is_new;
	return folder_open(parent, name, path);
}

static bool is_in_bpffs(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == BPF_FS_MAGIC;
}

/* Anyone may own the way to a BPF filesystem, and its root; in it each folder is one of ours.
 * @inside: whether @parent is in a BPF filesystem, and then whether the folder is.
 */
static int open_part(int parent, const char *name, const char *path, bool make, bool *made,
		     bool *inside)
{
	int fd;

	if (*inside && strcmp(name, ".") && strcmp(name, ".."))
		return make ? folder_make(parent, name, path, made) :
			      folder_open(parent, name, path);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*inside = is_in_bpffs(fd);
	return *inside ? checked(fd, path, true) : fd;
}

int folder_open_path(const char *path, bool make, size_t *existed)
{
	int fd = open(*path == '/' ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;
	char part[PATH_MAX], *end = part;
	bool made = false, inside;
	size_t begin;

	if (fd < 0)
		return -errno;
	inside = is_in_bpffs(fd);
	snprintf(part, sizeof(part), "%s", path);
	while (fd >= 0 && *(end += strspn(end, "/"))) {
		begin = end - part;
		end = strchrnul(end, '/');
		*end = '\0';
		next = open_part(fd, part + begin, part, make, &made, &inside);
		close(fd);
		fd = next;
		if (made && existed && !*existed)
			*existed = begin;
		*end = path[end - part];
	}
	return fd;
}

static const char *advice(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return log_missing_right(-EPERM, "CAP_BPF, or CAP_DAC_OVERRIDE for another user's");
	case -ENOTDIR:
		return "; something else is there in place of our directory; move it away";
	case -EMEDIUMTYPE:
		return "; what is there is not a pin, move it away";
	case -ENOSPC:
	case -ENOMEM:
		return "; free some memory first";
	case -ENOSYS:
		return "; is /proc mounted?";
	default:
		return log_few_files(err);
	}
}

int folder_fail(int err, const char *verb, const char *path)
{
	if (err != -EUCLEAN)
		log_error("could not %s %s: %s%s", verb, path, strerror(-err), advice(err));
	return err;
}

int folder_is_still_at(int fd, int parent, const char *name)
{
	struct stat held, named;

	if (fstat(fd, &held))
		return -errno;
	if (fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	return held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

/* Without opendir(), which needs a descriptor of its own: that would be twice the system calls. */
int folder_each(int folder, const char *path,
		int (*act)(int folder, const struct dirent64 *entry, void *context), void *context)
{
	char buffer[32768] __attribute__((aligned(__alignof__(struct dirent64))));
	const struct dirent64 *entry;
	ssize_t size = lseek(folder, 0, SEEK_SET), at;
	int err = 0;

	while (!err && size >= 0 && (size = getdents64(folder, buffer, sizeof(buffer))) > 0) {
		for (at = 0; at < size && !err; at += entry->d_reclen) {
			entry = (const struct dirent64 *)(buffer + at);
			if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
				err = act(folder, entry, context);
		}
	}
	/* ENOENT: the folder has been removed, so there is nothing in it. */
	if (err || size >= 0 || errno == ENOENT)
		return err;
	return path ? folder_fail(-errno, "read", path) : -errno;
}

void folder_proc_path(int folder, const char *name, char *path, size_t size)
{
	snprintf(path, size, "/proc/self/fd/%d/%s", folder, name);
}

/* Through /proc nothing can be found without it: that is not the same as nothing being there. */
int folder_proc_error(int folder, int err)
{
	char path[64];

	folder_proc_path(folder, ".", path, sizeof(path));
	return err == -ENOENT && access(path, F_OK) ? -ENOSYS : err;
}

static int get(int folder, const char *name, __u32 flags)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = flags);
	char path[64 + NAME_MAX];
	int fd;

	folder_proc_path(folder, name, path, sizeof(path));
	fd = bpf_obj_get_opts(path, &opts);
	return fd < 0 ? folder_proc_error(folder, -errno) : fd;
}

int folder_pin_kind(int fd, enum pin_kind *kind)
{
	char path[64], target[64];
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	size = readlink(path, target, sizeof(target) - 1);
	if (size < 0)
		return errno == ENOENT ? -ENOSYS : -errno;
	target[size] = '\0';
	*kind = strstr(target, "bpf-map")  ? PIN_MAP :
		strstr(target, "bpf-prog") ? PIN_PROGRAM :
					     PIN_OTHER;
	return 0;
}

/* The kernel lets no link's pin be opened for reading only: EINVAL. */
int folder_get(int folder, const char *name, bool write, enum pin_kind *kind, struct stat *file)
{
	struct stat info;
	int fd, err;

	*kind = PIN_OTHER;
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (file)
		*file = info;
	if (!S_ISREG(info.st_mode))
		return -EMEDIUMTYPE;
	fd = get(folder, name, write ? 0 : BPF_F_RDONLY);
	if (fd < 0)
		return fd == -EINVAL && !write ? -EMEDIUMTYPE : fd;
	err = folder_pin_kind(fd, kind);
	if (!err && *kind == PIN_OTHER)
		err = -EMEDIUMTYPE;
	if (!err)
		return fd;
	close(fd);
	return err;
}
