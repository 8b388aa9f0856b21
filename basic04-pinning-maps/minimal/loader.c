// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The smallest writer: makes a map of one number with no ELF file, and pins it when it is whole. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <bpf/bpf.h>

/* The kernel has few errors for all that may be wrong with a path. */
static const char *reason(const char *path, int error)
{
	struct statfs s;

	if ((!statfs(path, &s) || !statfs(dirname(strdup(path)), &s)) && s.f_type != BPF_FS_MAGIC)
		return "it is not in a BPF filesystem; 'mount -t bpf -o mode=0755 bpf /sys/fs/bpf'";
	if (error == -EPERM && strchr(basename(strdup(path)), '.'))
		return "a name in a BPF filesystem has no '.'; choose another";
	return error == -EPERM	? "no permission; run as root" :
	       error == -EACCES ? "it is a directory, or only root may open it" :
				  strerror(-error);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/sys/fs/bpf/minimal_map";
	const char *text = argc > 2 ? argv[2] : "42";
	unsigned long long number = strtoull(text, NULL, 10);
	__u32 key = 0, value = number, size = sizeof(struct bpf_map_info);
	char link[32], kind[32] = "";
	struct bpf_map_info is = {};
	int map, made;

	if (argc > 3 || *path == '-' || !*text || text[strspn(text, "0123456789")] || number > ~0U)
		errx(2, "usage: loader [PATH [NUMBER]], NUMBER up to 4294967295");
	map = bpf_obj_get(path);
	if ((made = map == -ENOENT))
		map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "minimal_map", 4, 4, 1, NULL);
	if (map < 0)
		errx(40, "could not %s %s: %s", made ? "make" : "open", path, reason(path, map));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", map);
	if (readlink(link, kind, sizeof(kind) - 1) < 0 || bpf_obj_get_info_by_fd(map, &is, &size))
		err(40, "could not ask what is at %s", path);
	if (strcmp(kind, "anon_inode:bpf-map"))
		errx(40, "could not use %s: it is a %s, not a bpf-map", path, kind + 11);
	if (is.type != BPF_MAP_TYPE_ARRAY || is.key_size != sizeof(key) ||
	    is.value_size != sizeof(value) || is.max_entries != 1)
		errx(40, "could not use %s: type %u, key %u, value %u, entries %u; not 2, 4, 4, 1",
		     path, is.type, is.key_size, is.value_size, is.max_entries);
	if (bpf_map_update_elem(map, &key, &value, BPF_ANY))
		err(40, "could not write to the map at %s", path);
	if (made && bpf_obj_pin(map, path))
		errx(40, "could not pin a map at %s: %s", path, reason(path, -errno));
	return 0;
}
