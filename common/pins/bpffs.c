// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bpffs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "device.h"
#include "folder.h"
#include "log.h"

static bool shares_namespace(const char *own_path, const char *first_path)
{
	struct stat own, first;

	return !stat(own_path, &own) && !stat(first_path, &first) && own.st_ino == first.st_ino &&
	       own.st_dev == first.st_dev;
}

/* 'ip netns exec' enters a named network namespace, and gives its command a mount namespace of its
 * own, whose mounts vanish with the command. A process that has only one of the two namespaces, as
 * in a container, keeps its mounts. A process that may not look at the first process's namespaces
 * is taken for one that has both.
 */
bool bpffs_would_vanish(char *netns, size_t size)
{
	return device_current_netns(netns, size) &&
	       !shares_namespace("/proc/self/ns/mnt", "/proc/1/ns/mnt") &&
	       !shares_namespace("/proc/self/ns/net", "/proc/1/ns/net");
}

int bpffs_refuse(const char *path, const char *would_vanish)
{
	if (would_vanish)
		log_error("could not find a BPF filesystem at %s: 'ip netns exec' hides it behind "
			  "a /sys of its own, and one mounted here would vanish with the command; "
			  "run this outside with --netns %s, or enter the namespace with 'nsenter "
			  "--net=" DEVICE_NETNS_DIR "/%s', which leaves the mounts alone",
			  path, would_vanish, would_vanish);
	else
		log_error("could not find a BPF filesystem at %s: mount one, as root, with 'mount "
			  "-t bpf -o mode=0755 bpf %s'",
			  path, path);
	return -ENOENT;
}

/* The filesystem of @path, or of its nearest parent if @path does not exist. */
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

int bpffs_has(const char *path)
{
	struct statfs fs;
	int err = statfs_nearest(path, &fs);

	return err ? folder_fail(err, "use", path) : fs.f_type == BPF_FS_MAGIC;
}

int bpffs_need(const char *path)
{
	char netns[NAME_MAX + 1];
	int has = bpffs_has(path);

	if (has)
		return has < 0 ? has : 0;
	return bpffs_refuse(path,
			    !strcmp(path, BPFFS_PATH) && bpffs_would_vanish(netns, sizeof(netns)) ?
				    netns :
				    NULL);
}
