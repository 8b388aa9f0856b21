// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_share.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "bpffs.h"
#include "folder.h"
#include "log.h"
#include "object_slots.h"
#include "pin_dir.h"
#include "pin_file.h"
#include "pin_list.h"

#define PIN_BY_NAME \
	1 /* LIBBPF_PIN_BY_NAME of bpf/bpf_helpers.h, which only BPF programs can include */

bool map_share_asks(const struct object *object, const struct bpf_map *map)
{
	const struct btf *btf = bpf_object__btf(object->bpf);
	const struct btf_type *type;
	const struct btf_member *member = object_map_member(btf, bpf_map__name(map), "pinning");

	/* __uint(pinning, N) is a pointer to an array of N. */
	type = member ? btf__type_by_id(btf, member->type) : NULL;
	type = type && btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_array(type) && btf_array(type)->nelems == PIN_BY_NAME;
}

int map_share_open(struct map_share *share, const char *path)
{
	struct stat info;
	int err;

	*share = (struct map_share){ .path = path, .folder = -1 };
	if (!path)
		return 0;
	err = bpffs_need(path);
	if (err)
		return err;
	share->folder = folder_open_path(path, true, NULL);
	if (share->folder < 0)
		return folder_fail(share->folder, "share maps in", path);
	if (fstat(share->folder, &info))
		return folder_fail(-errno, "share maps in", path);
	if (!folder_is_foreign(&info))
		return 0;
	log_error("could not share maps in %s: other users may write there; give a folder in it",
		  path);
	return -EUCLEAN;
}

void map_share_close(struct map_share *share)
{
	if (share->folder >= 0)
		close(share->folder);
	free(share->new_maps);
	*share = (struct map_share){ .folder = -1 };
}

static int add_new(struct map_share *share, struct bpf_map *map)
{
	struct bpf_map **maps = realloc(share->new_maps,
					(share->count + 1) * sizeof(struct bpf_map *));

	if (!maps)
		return folder_fail(-ENOMEM, "share maps in", share->path);
	share->new_maps = maps;
	maps[share->count++] = map;
	return -ENOENT;
}

int map_share_reuse(struct map_share *share, const struct object *object, struct bpf_map *map)
{
	char path[PATH_MAX];
	struct pin pin = { .path = path };
	int err = pin_dir_join(path, sizeof(path), share->path, bpf_map__name(map));

	if (err)
		return err;
	pin.fd = folder_get(share->folder, bpf_map__name(map), true, &pin.kind);
	if (pin.fd == -ENOENT)
		return add_new(share, map);
	if (pin.fd < 0 || pin.kind != PIN_MAP)
		err = folder_fail(pin.fd < 0 ? pin.fd : -EMEDIUMTYPE, "share", path);
	else
		err = object_reuse_map(object, map, &pin);
	if (pin.fd >= 0)
		close(pin.fd);
	return err;
}

int map_share_pin(struct map_share *share)
{
	int err = 0;

	while (share->pinned < share->count && !err) {
		struct bpf_map *map = share->new_maps[share->pinned];

		err = pin_file_make(share->folder, bpf_map__name(map), bpf_map__fd(map));
		if (err)
			log_error("could not share map %s in %s: %s%s", bpf_map__name(map),
				  share->path, strerror(-err),
				  err == -EEXIST ? "; another load has just done so, load again" :
						   "");
		else
			share->pinned++;
	}
	return err;
}

void map_share_undo(struct map_share *share)
{
	while (share->pinned > 0)
		pin_file_unlink(share->folder, bpf_map__name(share->new_maps[--share->pinned]));
}
