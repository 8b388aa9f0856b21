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
#include "owner.h"
#include "pin_dir.h"
#include "pin_file.h"
#include "pin_list.h"

/* LIBBPF_PIN_BY_NAME of bpf/bpf_helpers.h, which only BPF programs can include. */
#define PIN_BY_NAME 1

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

void map_share_begin(struct map_share *share, const char *path)
{
	*share = (struct map_share){ .path = path };
}

void map_share_close(struct map_share *share)
{
	free(share->maps);
	*share = (struct map_share){ 0 };
}

/* Whether the folder, or the one that it is in, has an owner's link. */
static bool is_of_device(int folder)
{
	struct owner owner;

	return !owner_read(&owner, folder, ".") || !owner_read(&owner, folder, "..");
}

/* The folder, for the caller to close; -ENOENT, without a message, if it is not there and not to be
 * made; or another -errno, with one.
 */
static int open_folder(const struct map_share *share, bool make)
{
	struct stat info;
	int err = bpffs_need(share->path),
	    folder = err ? err : folder_open_path(share->path, make, NULL);

	if (err || folder == -ENOENT)
		return folder;
	if (folder < 0 || fstat(folder, &info)) {
		err = folder_fail(folder < 0 ? folder : -errno, "share maps in", share->path);
	} else if (folder_is_foreign(&info)) {
		log_error("could not share maps in %s: other users may write there; give a folder "
			  "in it",
			  share->path);
		err = -EUCLEAN;
	} else if (is_of_device(folder)) {
		log_error("could not share maps in %s: it is for the pins of one device, and goes "
			  "with them; give another folder",
			  share->path);
		err = -EINVAL;
	}
	if (err && folder >= 0)
		close(folder);
	return err ? err : folder;
}

static int add_new(struct map_share *share, struct bpf_map *map)
{
	struct map_share_new *maps = realloc(share->maps, (share->count + 1) * sizeof(*maps));

	if (!maps)
		return folder_fail(-ENOMEM, "share maps in", share->path);
	share->maps = maps;
	maps[share->count].map = map;
	snprintf(maps[share->count].name, sizeof(maps->name), "%s", bpf_map__name(map));
	share->count++;
	return -ENOENT;
}

int map_share_reuse(struct map_share *share, const struct object *object, struct bpf_map *map)
{
	char path[PATH_MAX];
	struct pin pin = { .path = path, .fd = -ENOENT };
	int folder = open_folder(share, false), err;

	if (folder < 0)
		return folder == -ENOENT ? add_new(share, map) : folder;
	err = pin_dir_join(path, sizeof(path), share->path, bpf_map__name(map));
	if (!err)
		pin.fd = folder_get(folder, bpf_map__name(map), true, &pin.kind, NULL);
	if (!err && pin.fd == -ENOENT)
		err = add_new(share, map);
	else if (!err && (pin.fd < 0 || pin.kind != PIN_MAP))
		err = folder_fail(pin.fd < 0 ? pin.fd : -EMEDIUMTYPE, "share", path);
	else if (!err)
		err = object_reuse_map(object, map, &pin);
	if (pin.fd >= 0)
		close(pin.fd);
	close(folder);
	return err;
}

int map_share_pin(const struct map_share *share)
{
	int folder = share->count ? open_folder(share, true) : 0, err = folder < 0 ? folder : 0;
	size_t i;

	for (i = 0; i < share->count && !err; i++) {
		const struct map_share_new *new = &share->maps[i];

		err = pin_file_make(folder, new->name, object_map_fd(new->map));
		if (err)
			log_error("could not share map %s in %s: %s%s", new->name, share->path,
				  strerror(-err),
				  err == -EEXIST ? "; another load has just done so, load again" :
						   "");
	}
	if (share->count && folder >= 0)
		close(folder);
	return err;
}
