// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_pin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf_info.h"
#include "folder.h"
#include "log.h"

int map_pin_try(const char *path, enum map_pin_use use)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = use == MAP_PIN_READ ? BPF_F_RDONLY : 0);
	int fd = bpf_obj_get_opts(path, &opts);

	return fd < 0 ? -errno : fd;
}

static int fail(const char *path, int err, const char *what_to_do)
{
	log_error("could not open %s: %s; %s", path, strerror(-err), what_to_do);
	return err;
}

static bool differs(const char *path, const struct map_shape *shape, const char *field, __u32 found,
		    __u32 expected)
{
	if (found == expected)
		return false;
	log_error("could not use %s: %s is %u, and in %s it is %u", path, field, found, shape->what,
		  expected);
	return true;
}

static bool types_differ(const char *path, const struct map_shape *shape, __u32 found)
{
	const char *name = libbpf_bpf_map_type_str(found);

	if (found == shape->type)
		return false;
	log_error("could not use %s: it is a map of type %s, and %s is one of type %s", path,
		  name ? name : "unknown", shape->what, libbpf_bpf_map_type_str(shape->type));
	return true;
}

static int check(const char *path, const struct map_shape *shape, const struct bpf_map_info *info)
{
	int differing = types_differ(path, shape, info->type);

	differing += differs(path, shape, "the key size", info->key_size, shape->key_size);
	differing += differs(path, shape, "the value size", info->value_size, shape->value_size);
	differing += differs(path, shape, "the number of entries", info->max_entries,
			     shape->entries);
	return differing ? -EMEDIUMTYPE : 0;
}

/* Describes what is at @path if it is not the pin of a map. The error alone does not say that.
 * kernel/bpf/inode.c returns EACCES for it, EINVAL for a link's pin that is opened read-only, and
 * EPERM for a name with a dot.
 */
static const char *no_map(const char *path, enum map_pin_use use, int err)
{
	const char *name = strrchr(path, '/');
	struct statfs fs;
	struct stat file;

	if (err == -EPERM && strchr(name ? name : path, '.'))
		return "a BPF filesystem has no '.' in its names, and '_' stands for it";
	if (stat(path, &file) || statfs(path, &fs))
		return NULL;
	if (S_ISDIR(file.st_mode))
		return "it is a directory";
	if (fs.f_type != BPF_FS_MAGIC)
		return "it is not in a BPF filesystem";
	if (err == -EACCES && !access(path, use == MAP_PIN_READ ? R_OK : R_OK | W_OK))
		return "it is not a pin";
	return err == -EINVAL ? "it is a link" : NULL;
}

static int say_forbidden(const char *path, const char *place, const char *what, const char *todo)
{
	struct stat file = { 0 };

	if (stat(place, &file)) /* above is one that may not be searched either */
		return -EACCES;
	log_error("could not open %s: %s %s, user %u's and group %u's, of mode %04o; %s, or run as "
		  "root",
		  path, place, what, file.st_uid, file.st_gid, file.st_mode & 07777, todo);
	return 0;
}

/* Names the mode, on the way to the pin, that forbids opening it. If none does, the kernel has
 * refused the pin's type, which it checks after the mode (kernel/bpf/inode.c).
 */
static void say_what_is_missing(const char *path, enum map_pin_use use,
				const struct map_shape *shape, int err)
{
	char part[PATH_MAX];
	char *end = part;

	snprintf(part, sizeof(part), "%s", path);
	while ((end = strchr(end + 1, '/'))) {
		*end = '\0';
		if (access(part, X_OK) &&
		    !say_forbidden(path, part, "is a directory that you may not search",
				   "'chmod o+x' lets others pass"))
			return;
		*end = '/';
	}
	if (access(path, R_OK) &&
	    !say_forbidden(path, path, "is a pin that you may not read",
			   shape->let_read ? shape->let_read : "'chmod o+r' lets others"))
		return;
	if (use == MAP_PIN_WRITE && access(path, W_OK) &&
	    !say_forbidden(path, path, "is a pin that you may not write",
			   "'chmod o+w' lets others"))
		return;
	fail(path, err, "before Linux 5.19 a pin's mode is not enough: run as root");
}

static int fail_open(const char *path, enum map_pin_use use, const struct map_shape *shape, int err)
{
	const char *found = no_map(path, use, err);

	if (err == -ENOENT || err == -EMFILE)
		return err;
	if (found)
		log_error("could not open %s: %s; give the path of a pinned map", path, found);
	else if (err == -EACCES || err == -EPERM)
		say_what_is_missing(path, use, shape, err);
	else
		fail(path, err, "give the path of a pinned map");
	return err;
}

static int check_open(const char *path, enum map_pin_use use, const struct map_shape *shape, int fd,
		      struct bpf_map_info *info)
{
	enum pin_kind kind;
	int err = folder_pin_kind(fd, &kind);

	memset(info, 0, sizeof(*info));
	if (err)
		return fail_open(path, use, shape, err);
	if (kind != PIN_MAP) {
		log_error("could not use %s: it is a %s; give the path of a map", path,
			  kind == PIN_PROGRAM ? "program" : "link");
		return -EMEDIUMTYPE;
	}
	err = bpf_info_map(fd, info);
	if (err)
		return fail_open(path, use, shape, err);
	return check(path, shape, info);
}

int map_pin_open(const char *path, enum map_pin_use use, const struct map_shape *shape,
		 struct bpf_map_info *info)
{
	struct bpf_map_info ignored;
	int fd, err;

	if (strlen(path) >= PATH_MAX) {
		log_error("could not open %.40s...: the path is longer than %d bytes", path,
			  PATH_MAX - 1);
		return -ENAMETOOLONG;
	}
	fd = map_pin_try(path, use);
	if (fd < 0)
		return fail_open(path, use, shape, fd);
	err = check_open(path, use, shape, fd, info ? info : &ignored);
	if (!err)
		return fd;
	close(fd);
	return err;
}
