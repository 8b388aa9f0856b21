// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_nest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bpf_info.h"
#include "folder.h"
#include "log.h"

/* The key of the entry, by the place of "values" in the map's definition; or -ENOENT. */
static int find_key(const struct btf *btf, const struct object_slot *slot)
{
	const struct btf_member *values = object_map_member(btf, slot->map, "values");
	size_t at = values ? values->offset / 8 : 0;

	return values && at <= slot->offset ? (int)((slot->offset - at) / sizeof(__u64)) : -ENOENT;
}

int map_nest_read(const struct object *object, struct map_nest *nest)
{
	const struct object_slots *slots = &object->slots;
	size_t i;

	*nest = (struct map_nest){ .slots = calloc(slots->count + 1, sizeof(*nest->slots)) };
	if (!nest->slots)
		return folder_fail(-ENOMEM, "read", object->image.name);
	for (i = 0; i < slots->count; i++) {
		const struct object_slot *slot = &slots->list[i];
		struct bpf_map *outer = bpf_object__find_map_by_name(object->bpf, slot->map);
		struct bpf_map *inner = bpf_object__find_map_by_name(object->bpf, slot->target);
		int key = find_key(bpf_object__btf(object->bpf), slot);

		if (!slot->section && outer && inner && key >= 0)
			nest->slots[nest->count++] = (struct map_nest_slot){ .outer = outer,
									     .inner = inner,
									     .key = key };
	}
	return 0;
}

void map_nest_free(struct map_nest *nest)
{
	free(nest->slots);
	*nest = (struct map_nest){ 0 };
}

bool map_nest_is_outer(const struct map_nest *nest, const struct bpf_map *map)
{
	size_t i;

	for (i = 0; i < nest->count; i++)
		if (nest->slots[i].outer == map)
			return true;
	return false;
}

/* 1, 0 or -errno. */
static int slot_fits(const struct map_nest_slot *slot, const struct pin_list *live,
		     const struct pin *pin)
{
	struct bpf_map_info info;
	__u32 there;
	int err;

	if (bpf_map_lookup_elem(pin->fd, &slot->key, &there))
		return errno == ENOENT ? 0 : -errno;
	if (!pin_list_find(live, PIN_MAP, there))
		return 1;
	if (object_map_fd(slot->inner) < 0)
		return 0; /* it will be new */
	err = bpf_info_map(object_map_fd(slot->inner), &info);
	return err ? err : info.id == there;
}

int map_nest_fits(struct map_nest *nest, const struct pin_list *live, const struct bpf_map *outer,
		  const struct pin *pin)
{
	struct map_nest_slot *slot = NULL;
	int fits = 1;
	size_t i;

	for (i = 0; i < nest->count && fits > 0; i++)
		if (nest->slots[i].outer == outer) {
			slot = &nest->slots[i];
			fits = slot_fits(slot, live, pin);
		}
	if (!fits)
		slot->replaced = pin;
	return fits < 0 ? folder_fail(fits, "look into", pin->path) : fits;
}

/* Puts inner map @id into @outer too, unless there is one at @key. 0 or -errno. */
static int copy_entry(int outer, const void *key, __u32 id)
{
	__u32 there;
	int inner, err;

	if (!bpf_map_lookup_elem(outer, key, &there))
		return 0;
	inner = bpf_map_get_fd_by_id(id);
	if (inner < 0)
		return errno == ENOENT ? 0 : -errno; /* it has gone in between */
	err = bpf_map_update_elem(outer, key, &inner, BPF_ANY) ? -errno : 0;
	close(inner);
	return err;
}

static int copy_entries(int outer, const struct pin *from, const struct pin_list *live)
{
	const __u32 key_size = from->info.map.key_size;
	char *key = calloc(2, key_size), *last = NULL;
	int err = 0;
	__u32 id;

	if (!key)
		return -ENOMEM;
	while (!err && !bpf_map_get_next_key(from->fd, last, key)) {
		if (!bpf_map_lookup_elem(from->fd, key, &id) && !pin_list_find(live, PIN_MAP, id))
			err = copy_entry(outer, key, id);
		last = memcpy(key + key_size, key, key_size);
	}
	free(key);
	return err;
}

int map_nest_copy(const struct map_nest *nest, const struct pin_list *live)
{
	size_t i;
	int err = 0;

	for (i = 0; i < nest->count && !err; i++) {
		const struct map_nest_slot *slot = &nest->slots[i];

		if (!slot->replaced)
			continue;
		err = copy_entries(object_map_fd(slot->outer), slot->replaced, live);
		if (err)
			log_error("could not copy to map %s what has been put into %s: %s%s; load "
				  "without --reuse-maps to begin without it",
				  bpf_map__name(slot->outer), slot->replaced->path, strerror(-err),
				  log_missing_right(err, "CAP_SYS_ADMIN"));
	}
	return err;
}
