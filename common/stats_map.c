// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_map.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h> /* libbpf_num_possible_cpus() alone */

#include "log.h"
#include "pin_dir.h"

const char *stats_map_action_name(__u32 action)
{
	static const char *const names[XDP_ACTION_MAX] = {
		[XDP_ABORTED] = "XDP_ABORTED",	 [XDP_DROP] = "XDP_DROP",
		[XDP_PASS] = "XDP_PASS",	 [XDP_TX] = "XDP_TX",
		[XDP_REDIRECT] = "XDP_REDIRECT",
	};

	return action < XDP_ACTION_MAX ? names[action] : "XDP_UNKNOWN";
}

int stats_buffer_open(struct stats_buffer *buffer)
{
	*buffer = (struct stats_buffer){ .cpus = libbpf_num_possible_cpus() };
	if (buffer->cpus < 0) {
		log_error("could not count the possible CPUs: %s; is /sys mounted?",
			  strerror(-buffer->cpus));
		return buffer->cpus;
	}
	buffer->values = calloc((size_t)XDP_ACTION_MAX * buffer->cpus, sizeof(*buffer->values));
	if (buffer->values)
		return 0;
	log_error("could not make room for the counters of %d CPUs: %s", buffer->cpus,
		  strerror(ENOMEM));
	return -ENOMEM;
}

void stats_buffer_close(struct stats_buffer *buffer)
{
	free(buffer->values);
	*buffer = (struct stats_buffer){ 0 };
}

int stats_map_open_pin(const char *path)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = BPF_F_RDONLY);
	int fd = bpf_obj_get_opts(path, &opts);

	return fd < 0 ? -errno : fd;
}

static bool differs(const char *path, const char *field, __u32 found, __u32 expected)
{
	if (found == expected)
		return false;
	log_error("could not use %s: %s is %u, and in a map of counters it is %u", path, field,
		  found, expected);
	return true;
}

static int check(const char *path, const struct bpf_map_info *info)
{
	int differing = 0;

	differing += differs(path, "the map's type", info->type, BPF_MAP_TYPE_PERCPU_ARRAY);
	differing += differs(path, "the key size", info->key_size, sizeof(__u32));
	differing += differs(path, "the value size", info->value_size, sizeof(struct datarec));
	differing += differs(path, "the number of entries", info->max_entries, XDP_ACTION_MAX);
	return differing ? -EMEDIUMTYPE : 0;
}

/* What stands at @path, where that is no pin; the kernel calls it a lack of permission. */
static const char *no_pin(const char *path)
{
	struct statfs fs;
	struct stat file;

	if (stat(path, &file) || statfs(path, &fs))
		return NULL;
	if (S_ISDIR(file.st_mode))
		return "it is a directory";
	return fs.f_type == BPF_FS_MAGIC ? NULL : "it is not in a BPF filesystem";
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

/* Which of the modes on the way to the pin stands against it; or, where none does, the kernel. */
static void say_what_is_missing(const char *path, int err)
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
	if (access(path, R_OK) && !say_forbidden(path, path, "is a pin that you may not read",
						 "'xdp_loader --pin-mode 0644' lets others read"))
		return;
	log_error("could not open %s: %s; before Linux 5.19 a pin's mode is not enough: run as "
		  "root",
		  path, strerror(-err));
}

static int fail_open(const char *path, int err)
{
	const char *found = no_pin(path);

	if (err == -ENOENT)
		return err;
	if (found)
		log_error("could not open %s: %s; give the path of a pinned map", path, found);
	else if (err == -EACCES || err == -EPERM)
		say_what_is_missing(path, err);
	else if (err == -EMFILE)
		log_error("could not open %s: %s; allow more with 'ulimit -n'", path,
			  strerror(-err));
	else
		log_error("could not open %s: %s; give the path of a pinned map", path,
			  strerror(-err));
	return err;
}

int stats_map_open(struct stats_map *map, const char *path)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int err;

	*map = (struct stats_map){ .fd = -1 };
	map->fd = stats_map_open_pin(path);
	if (map->fd < 0)
		return fail_open(path, map->fd);
	if (pin_kind(map->fd) == PIN_PROGRAM) {
		log_error("could not use %s: it is a program; give the path of a map", path);
		return -EMEDIUMTYPE;
	}
	if (bpf_obj_get_info_by_fd(map->fd, &info, &size))
		return fail_open(path, -errno);
	err = check(path, &info);
	if (err)
		return err;
	map->id = info.id;
	return 0;
}

void stats_map_close(struct stats_map *map)
{
	if (map->fd >= 0)
		close(map->fd);
	*map = (struct stats_map){ .fd = -1 };
}

static int read_batch(int fd, struct datarec *values)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	__u32 keys[XDP_ACTION_MAX], next, count = XDP_ACTION_MAX;
	int err = bpf_map_lookup_batch(fd, NULL, &next, keys, values, &count, &opts);

	/* ENOENT says that this batch was the last. */
	if (err && errno != ENOENT)
		return -errno;
	return count == XDP_ACTION_MAX ? 0 : -EIO;
}

static int read_each(int fd, struct datarec *values, int cpus)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (bpf_map_lookup_elem(fd, &action, values + action * cpus))
			return -errno;
	return 0;
}

int stats_map_read(const struct stats_map *map, struct stats_buffer *buffer, struct datarec *totals)
{
	int err = -ENOTSUP, cpu;
	__u32 action;

	if (!buffer->no_batch)
		err = read_batch(map->fd, buffer->values);
	if (err) {
		err = read_each(map->fd, buffer->values, buffer->cpus);
		buffer->no_batch = !err;
	}
	if (err) {
		log_error("could not read map %u: %s", map->id, strerror(-err));
		return err;
	}
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *value = buffer->values + action * buffer->cpus;
		struct datarec total = { 0 };

		for (cpu = 0; cpu < buffer->cpus; cpu++) {
			total.rx_packets += value[cpu].rx_packets;
			total.rx_bytes += value[cpu].rx_bytes;
		}
		totals[action] = total;
	}
	return 0;
}
