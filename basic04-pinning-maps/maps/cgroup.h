/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cgroups for an example: below the one that it was started in, and named in a mount that it alone
 * sees.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "example.h"

/* The cgroup that the process was started in. */
#define CGROUP_ROOT "/sys/fs/cgroup"

/* Mounts the cgroups there: over the machine's mount, but in a namespace of the process's own. */
static inline void cgroup_begin(void)
{
	example_must("get own namespaces", unshare(CLONE_NEWNS | CLONE_NEWCGROUP) ? -errno : 0);
	example_must("keep mounts from spreading",
		     mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -errno : 0);
	example_must("mount cgroups",
		     mount("cgroup2", CGROUP_ROOT, "cgroup2", 0, NULL) ? -errno : 0);
}

/* Makes a cgroup, instead of the one that a killed run may have left, as programs may be attached
 * to that; returns its folder's descriptor.
 */
static inline int cgroup_make(const char *path)
{
	int fd;

	rmdir(path);
	example_must("make a cgroup", mkdir(path, 0755) ? -errno : 0);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	return example_must("open a cgroup", fd < 0 ? -errno : fd);
}

/* Moves this process there. */
static inline void cgroup_join(const char *path)
{
	char procs[128];
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	fd = open(procs, O_WRONLY);
	example_must("open cgroup.procs", fd < 0 ? -errno : 0);
	example_must("join a cgroup", write(fd, "0", 1) < 0 ? -errno : 0);
	close(fd);
}

/* Removes a cgroup that no process is in. */
static inline void cgroup_remove(const char *path)
{
	example_must("remove a cgroup", rmdir(path) ? -errno : 0);
}

#endif /* CGROUP_H */
