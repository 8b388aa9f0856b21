// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "folder.h"

int pin_file_make(int folder, const char *name, int fd)
{
	char path[64 + NAME_MAX];

	folder_proc_path(folder, name, path, sizeof(path));
	return bpf_obj_pin(fd, path) ? folder_proc_error(folder, -errno) : 0;
}

int pin_file_set_access(int folder, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), err = 0;
	char path[64];
	struct stat info;

	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fstat(fd, &info))
		err = -errno;
	else if (!S_ISREG(info.st_mode))
		err = -EMEDIUMTYPE;
	else if (fchownat(fd, "", uid, gid, AT_EMPTY_PATH) || chmod(path, mode))
		err = errno == ENOENT ? -ENOSYS : -errno;
	close(fd);
	return err;
}

int pin_file_unlink(int folder, const char *name)
{
	struct stat info;

	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(info.st_mode))
		return -EMEDIUMTYPE;
	return unlinkat(folder, name, 0) && errno != ENOENT ? -errno : 0;
}
