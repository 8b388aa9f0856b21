// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The smallest reader: opens a pin whose path and shape it knows, and prints the number. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <bpf/bpf.h>

/* What is not there yet would be in the file system of its folder. */
static bool is_outside_of_bpffs(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) && statfs(dirname(strdup(path)), &fs))
		return false;
	return fs.f_type != BPF_FS_MAGIC;
}

/* The kernel reports different mistakes by the same error. */
static const char *reason(const char *path, int error)
{
	if (is_outside_of_bpffs(path))
		return "it is not in a BPF filesystem; 'mount -t bpf -o mode=0755 bpf /sys/fs/bpf'";
	if (error == -ENOENT)
		return "nothing is pinned there; run loader first";
	if (error == -EPERM && strchr(basename(strdup(path)), '.'))
		return "a name in a BPF filesystem has no '.'";
	if (error == -EPERM)
		return "no permission; run as root";
	if (error == -EACCES)
		return "it is a directory, or only root may open it";
	if (error == -EINVAL)
		return "it is a program or a link";
	return strerror(-error);
}

/* Anything may be pinned at a path: a map of another shape, or no map at all. */
static void check_map(int fd, const char *path)
{
	struct bpf_map_info map = {};
	__u32 size = sizeof(map);
	char link[32], kind[32] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, kind, sizeof(kind) - 1) < 0 || bpf_obj_get_info_by_fd(fd, &map, &size))
		err(40, "could not ask what is at %s", path);
	if (strcmp(kind, "anon_inode:bpf-map"))
		errx(40, "could not use %s: it is a %s, not a map", path, strchr(kind, ':') + 1);
	if (map.type != BPF_MAP_TYPE_ARRAY || map.key_size != 4 || map.value_size != 4 ||
	    map.max_entries != 1)
		errx(40, "could not use %s: type %u, key %u, value %u, entries %u; not 2, 4, 4, 1",
		     path, map.type, map.key_size, map.value_size, map.max_entries);
}

int main(int argc, char **argv)
{
	/* Read-only: the right to read the pin is enough. */
	LIBBPF_OPTS(bpf_obj_get_opts, read_only, .file_flags = BPF_F_RDONLY);
	const char *path = argc > 1 ? argv[1] : "/sys/fs/bpf/minimal_map";
	__u32 key = 0, value;
	int fd;

	if (argc > 2 || *path == '-')
		errx(2, "usage: printer [PATH]");

	fd = bpf_obj_get_opts(path, &read_only);
	if (fd < 0)
		errx(40, "could not open %s: %s", path, reason(path, fd));

	/* The lookup copies as many bytes as the map's values have, however small our buffer is. */
	check_map(fd, path);
	if (bpf_map_lookup_elem(fd, &key, &value))
		err(40, "could not read the map at %s", path);

	if (printf("%u\n", value) < 0 || fflush(stdout))
		err(1, "could not print the number");
	return 0;
}
