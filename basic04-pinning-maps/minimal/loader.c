// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The smallest writer: makes a map of one number with no ELF file, and pins it when it is whole. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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
	if (error == -EPERM && strchr(basename(strdup(path)), '.'))
		return "a name in a BPF filesystem has no '.'; choose another";
	if (error == -EPERM)
		return "no permission; run as root";
	if (error == -EACCES)
		return "it is a directory, or only root may open it";
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

static bool parse_number(const char *text, __u32 *value)
{
	unsigned long long number = strtoull(text, NULL, 10);

	*value = number;
	return *text && strspn(text, "0123456789") == strlen(text) && number == *value;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/sys/fs/bpf/minimal_map";
	__u32 key = 0, value = 42;
	bool is_new;
	int fd;

	if (argc > 3 || *path == '-' || (argc > 2 && !parse_number(argv[2], &value)))
		errx(2, "usage: loader [PATH [NUMBER]], NUMBER up to 4294967295");

	fd = bpf_obj_get(path);
	is_new = fd == -ENOENT;
	if (is_new)
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "minimal_map", 4, 4, 1, NULL);
	if (fd < 0)
		errx(40, "could not %s %s: %s", is_new ? "make" : "open", path, reason(path, fd));
	check_map(fd, path);

	if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
		err(40, "could not write to the map at %s", path);

	/* At the end, so nobody finds the map without its number. */
	if (is_new && bpf_obj_pin(fd, path))
		errx(40, "could not pin a map at %s: %s", path, reason(path, -errno));
	return 0;
}
