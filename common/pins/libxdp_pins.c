// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "libxdp_pins.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpffs.h"
#include "folder.h"

#define ROOT_VARIABLE \
	"LIBXDP_BPFFS" /* XDP_BPFFS_ENVVAR of libxdp.h, which a reader does not need */

void libxdp_pins_path(char *path, size_t size)
{
	const char *root = secure_getenv(ROOT_VARIABLE);

	snprintf(path, size, "%s/xdp", root && *root ? root : BPFFS_PATH);
}

/* iproute2 makes it a link to its own "tc": one of root's can be followed, as nobody else can
 * change it.
 */
static int open_link(int root)
{
	struct stat link, folder;
	int fd;

	if (fstatat(root, "xdp", &link, AT_SYMLINK_NOFOLLOW) || !S_ISLNK(link.st_mode) ||
	    link.st_uid)
		return -EUCLEAN;
	fd = openat(root, "xdp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &folder) && !folder_is_foreign(&folder))
		return fd;
	close(fd);
	return -EUCLEAN;
}

int libxdp_pins_open(void)
{
	char path[PATH_MAX];
	int root, fd;

	libxdp_pins_path(path, sizeof(path));
	*strrchr(path, '/') = '\0';
	root = folder_open_path(path, false, NULL);
	if (root < 0)
		return root;
	fd = folder_open(root, "xdp", NULL);
	if (fd == -EUCLEAN)
		fd = open_link(root);
	close(root);
	return fd;
}

int libxdp_pins_open_program(int ifindex, __u32 dispatcher, unsigned int n)
{
	char name[64];
	enum pin_kind kind;
	int folder = libxdp_pins_open(), own, fd;

	if (folder < 0)
		return folder;
	snprintf(name, sizeof(name), LIBXDP_PINS_DISPATCHER, ifindex, dispatcher);
	own = folder_open(folder, name, NULL);
	close(folder);
	if (own < 0)
		return own;
	snprintf(name, sizeof(name), "prog%u" LIBXDP_PINS_PROGRAM_SUFFIX, n);
	fd = folder_get(own, name, true, &kind, NULL);
	close(own);
	return fd;
}

bool libxdp_pins_may_have(int ifindex, __u32 dispatcher)
{
	int fd = libxdp_pins_open_program(ifindex, dispatcher, 0);

	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}
