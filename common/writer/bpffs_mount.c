// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bpffs_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "bpffs.h"
#include "flock_wait.h"
#include "folder.h"
#include "log.h"

#define MOUNT_TIMEOUT_MS 1000 /* anybody may hold that lock: then there may be two mounts */

/* Of two that find none, one mounts, under a lock on the folder beneath. */
static int mount_once(const char *base)
{
	int folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	struct statfs fs;

	if (folder < 0)
		return folder_fail(-errno, "mount a BPF filesystem at", base);
	flock_take(folder, MOUNT_TIMEOUT_MS);
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

int bpffs_mount_if_needed(const char *path)
{
	char netns[NAME_MAX + 1];
	int has = bpffs_has(path);

	if (has)
		return has < 0 ? has : 0;
	if (strcmp(path, BPFFS_PATH))
		return bpffs_refuse(path, NULL);
	return bpffs_would_vanish(netns, sizeof(netns)) ? bpffs_refuse(path, netns) :
							  mount_once(path);
}
