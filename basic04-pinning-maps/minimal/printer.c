// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The smallest reader: opens a pin whose path and shape it knows, and prints the number. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
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
		return "a name in a BPF filesystem has no '.'";
	return error == -ENOENT ? "nothing is pinned there; run loader first" :
	       error == -EPERM	? "no permission; run as root" :
	       error == -EACCES ? "it is a directory, or only root may open it" :
	       error == -EINVAL ? "it is a program or a link" :
				  strerror(-error);
}

int main(int argc, char **argv)
{
	/* So the right to read the pin will do; to a program or a link it may be EINVAL. */
	LIBBPF_OPTS(bpf_obj_get_opts, to_read, .file_flags = BPF_F_RDONLY);
	const char *path = argc > 1 ? argv[1] : "/sys/fs/bpf/minimal_map";
	__u32 key = 0, value, size = sizeof(struct bpf_map_info);
	char link[32], kind[32] = "";
	struct bpf_map_info is = {};
	int map;

	if (argc > 2 || *path == '-')
		errx(2, "usage: printer [PATH]");
	map = bpf_obj_get_opts(path, &to_read);
	if (map < 0)
		errx(40, "could not open %s: %s", path, reason(path, map));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", map);
	if (readlink(link, kind, sizeof(kind) - 1) < 0 || bpf_obj_get_info_by_fd(map, &is, &size))
		err(40, "could not ask what is at %s", path);
	if (strcmp(kind, "anon_inode:bpf-map"))
		errx(40, "could not use %s: it is a %s, not a bpf-map", path, kind + 11);
	/* However small our buffers are, the kernel copies what the map's sizes say. */
	if (is.type != BPF_MAP_TYPE_ARRAY || is.key_size != sizeof(key) ||
	    is.value_size != sizeof(value) || is.max_entries != 1)
		errx(40, "could not use %s: type %u, key %u, value %u, entries %u; not 2, 4, 4, 1",
		     path, is.type, is.key_size, is.value_size, is.max_entries);
	if (bpf_map_lookup_elem(map, &key, &value))
		err(40, "could not read the map at %s", path);
	if (printf("%u\n", value) < 0 || fflush(stdout))
		err(1, "could not print the number");
	return 0;
}
