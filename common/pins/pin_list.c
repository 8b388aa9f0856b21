// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pin_list.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "device.h"
#include "folder.h"
#include "log.h"

static void close_pin(struct pin *pin)
{
	if (pin->fd >= 0)
		close(pin->fd);
	bpf_maps_free(&pin->maps);
	free(pin->name);
	free(pin->path);
}

/* What a folder is read for. */
struct reading {
	struct pin_list *list;
	const char *path;
	enum pin_kind expected;
	bool write;
};

/* Asks for everything at once, before anything is changed: later the kernel may refuse. */
static int look_at(struct pin *pin, const struct stat *file)
{
	bool is_map = pin->kind == PIN_MAP;
	int err = is_map ? bpf_info_map(pin->fd, &pin->info.map) :
			   bpf_info_program_and_maps(pin->fd, &pin->info.program, &pin->maps);

	if (err)
		return err == -ENOENT ? err : folder_fail(err, "look at", pin->path);
	pin->id = is_map ? pin->info.map.id : pin->info.program.id;
	pin->uid = file->st_uid;
	pin->gid = file->st_gid;
	pin->mode = file->st_mode & 0777;
	return 0;
}

/* Opens the pin as what it is. Maps are in the directory itself, programs in programs/; anything
 * out of place is PIN_OTHER. Returns 0; -ENOENT without a message if it has gone meanwhile; or
 * another -errno with a message.
 */
static int open_pin(struct pin *pin, int folder, const char *name, const struct reading *reading)
{
	char path[PATH_MAX];
	struct stat file;
	int err = pin_dir_join(path, sizeof(path), reading->path, name);

	if (err)
		return err;
	*pin = (struct pin){
		.kind = PIN_OTHER, .fd = -1, .name = strdup(name), .path = strdup(path)
	};
	if (!pin->name || !pin->path)
		return folder_fail(-ENOMEM, "read", path);

	pin->fd = folder_get(folder, name, reading->write, &pin->kind, &file);
	if (pin->fd < 0 && pin->fd != -EMEDIUMTYPE)
		return pin->fd == -ENOENT ? -ENOENT : folder_fail(pin->fd, "open", path);
	if (pin->kind == reading->expected)
		return look_at(pin, &file);
	pin->kind = PIN_OTHER;
	if (pin->fd >= 0)
		close(pin->fd);
	pin->fd = -1;
	return 0;
}

static int add_pin(int folder, const struct dirent64 *entry, void *context)
{
	const struct reading *reading = context;
	struct pin_list *list = reading->list;
	struct pin *pins;
	int err;

	if (reading->expected == PIN_MAP && pin_place_is_own_name(entry->d_name))
		return 0;
	pins = realloc(list->pins, (list->count + 1) * sizeof(*pins));
	if (!pins)
		return folder_fail(-ENOMEM, "read", reading->path);
	list->pins = pins;
	pins[list->count] = (struct pin){ .fd = -1 };
	err = open_pin(&pins[list->count], folder, entry->d_name, reading);
	if (err)
		close_pin(&pins[list->count]);
	else
		list->count++;
	return err == -ENOENT ? 0 : err;
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct pin *one = a, *other = b;

	return one->kind != other->kind ? (int)one->kind - (int)other->kind :
					  strcmp(one->name, other->name);
}

/* -ENOENT, without a message: there is no such folder. */
static int read_kind(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		     struct pin_list *list)
{
	char path[PATH_MAX];
	struct reading reading = {
		.list = list, .path = path, .expected = kind, .write = dir->lock >= 0
	};
	bool is_own = !*pin_place_name(place, kind);
	int folder = is_own ? dir->fd : pin_place_open(dir, place, kind, false), err;

	pin_place_path(dir, place, kind, path, sizeof(path));
	if (folder < 0)
		return folder == -ENOENT ? folder : folder_fail(folder, "read", path);
	err = folder_each(folder, path, add_pin, &reading);
	if (!is_own)
		close(folder);
	return err;
}

int pin_list_read(const struct pin_dir *dir, enum pin_place place, struct pin_list *list)
{
	enum pin_kind kind = pin_place_name(place, PIN_MAP) ? PIN_MAP : PIN_PROGRAM;
	int err = 0;

	*list = (struct pin_list){ 0 };
	for (; kind <= PIN_PROGRAM && !err; kind++)
		err = read_kind(dir, place, kind, list);
	if (list->count)
		qsort(list->pins, list->count, sizeof(*list->pins), by_kind_and_name);
	return err == -ENOENT ? 0 : err; /* the folder of programs is in that of maps */
}

void pin_list_close(struct pin_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		close_pin(&list->pins[i]);
	free(list->pins);
	*list = (struct pin_list){ 0 };
}

const struct pin *pin_list_find(const struct pin_list *list, enum pin_kind kind, __u32 id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == kind && list->pins[i].id == id)
			return &list->pins[i];
	return NULL;
}

const struct pin *pin_list_find_name(const struct pin_list *list, enum pin_kind kind,
				     const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == kind && !strcmp(list->pins[i].name, name))
			return &list->pins[i];
	return NULL;
}

const struct pin *pin_list_find_called(const struct pin_list *list, enum pin_kind kind,
				       const char *name)
{
	char pin_name[NAME_MAX + 1];

	snprintf(pin_name, sizeof(pin_name), "%s", name);
	device_pin_name(pin_name, pin_name);
	return pin_list_find_name(list, kind, pin_name);
}

/* A map that is pinned in the list needs no CAP_SYS_ADMIN. */
static int map_info(const struct pin_list *list, __u32 id, struct bpf_map_info *info)
{
	const struct pin *pin = pin_list_find(list, PIN_MAP, id);
	int fd, err;

	if (pin) {
		*info = pin->info.map;
		return 0;
	}
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	err = bpf_info_map(fd, info);
	close(fd);
	return err;
}

int pin_list_find_map(const struct pin_list *list, const struct pin *program, const char *name,
		      __u32 *id)
{
	struct bpf_map_info info = { 0 };
	size_t i;
	int err;

	*id = 0;
	for (i = 0; i < program->maps.count && !*id; i++) {
		err = map_info(list, program->maps.ids[i], &info);
		if (err) {
			log_error("could not look at the maps of %s: %s%s", program->path,
				  strerror(-err), log_missing_right(err, "CAP_SYS_ADMIN"));
			return err;
		}
		if (!strncmp(info.name, name, sizeof(info.name) - 1))
			*id = info.id;
	}
	return 0;
}

const struct pin *pin_list_first_program(const struct pin_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == PIN_PROGRAM)
			return &list->pins[i];
	return NULL;
}

bool pin_list_uses_map(const struct pin_list *list, __u32 id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == PIN_PROGRAM && bpf_maps_have(&list->pins[i].maps, id))
			return true;
	return false;
}

static bool has_programs(const struct pin *map)
{
	const __u32 type = map->info.map.type;

	return type == BPF_MAP_TYPE_PROG_ARRAY || type == BPF_MAP_TYPE_DEVMAP ||
	       type == BPF_MAP_TYPE_DEVMAP_HASH || type == BPF_MAP_TYPE_CPUMAP;
}

bool pin_list_is_secondary(const struct pin_list *list, const struct pin *program,
			   const struct pin *own)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->pins[i].kind == PIN_MAP && has_programs(&list->pins[i]) &&
		    bpf_maps_have(&program->maps, list->pins[i].id) &&
		    bpf_maps_have(&own->maps, list->pins[i].id))
			return true;
	return false;
}
