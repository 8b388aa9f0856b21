// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_reuse.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "map_compare.h"

/* Whether none of the programs here that use the map is attached: they were detached by somebody
 * else, or ran on a device of before whose name this one has.
 */
static bool map_is_orphaned(const struct transaction *transaction, const struct pin *map)
{
	const struct pin_list *live = &transaction->live;
	size_t i;

	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_PROGRAM &&
		    xdp_state_has(&transaction->hook, live->pins[i].id) &&
		    bpf_maps_have(&live->pins[i].maps, map->id))
			return false;
	return pin_list_uses_map(live, map->id);
}

/* Returns 0: @map may reuse @pin; -EEXIST with a message: no, as what it has counted may be another
 * device's; -ENOENT: for the same reason a new map takes its place, with a warning.
 */
static int refuse_orphaned_map(const struct transaction *transaction,
			       const struct reload_load *load, const char *keep_map,
			       const struct bpf_map *map, const struct pin *pin)
{
	const char *device = transaction->hook.device, *name = bpf_map__name(map);

	if (load->force || (keep_map && !strcmp(name, keep_map)) ||
	    !map_is_orphaned(transaction, pin))
		return 0;
	if (keep_map) {
		log_warn("map %s is new, and what %s has counted is gone: its program is not "
			 "attached to %s, so that may be another device's; --force keeps it",
			 name, pin->path, device);
		return -ENOENT;
	}
	log_error(
		"could not reuse %s for map %s: its program is not attached to %s, so what it has "
		"counted may be another device's; load without --reuse-maps to start from zero, "
		"or with --force to keep its counts",
		pin->path, name, device);
	return -EEXIST;
}

/* "fw-v1.bss" and "fw-v2.bss" are one section. Only libbpf's own names have a dot. */
static bool is_same_section(const char *pinned, const char *name)
{
	const char *section = strchr(pinned, '.'), *wanted = strchr(name, '.');

	return section && wanted && !strcmp(section, wanted);
}

/* The pinned map to use for @map, or NULL. */
static const struct pin *find_pin(const struct pin_list *live, const struct bpf_map *map)
{
	const struct pin *pin = pin_list_find_called(live, PIN_MAP, bpf_map__name(map));
	size_t i;

	if (pin || !bpf_map__is_internal(map))
		return pin;
	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_MAP &&
		    is_same_section(live->pins[i].info.map.name, bpf_map__name(map)))
			return &live->pins[i];
	return NULL;
}

struct choosing {
	const struct transaction *transaction;
	const struct reload_load *load;
	const char *keep_map;
	struct object *object;
	struct map_nest *nest;
	struct map_share *share;
	struct reload_report *report;
	bool left_over, differ;
};

/* Whether outer map @map, which is looked into only if the two are alike, may reuse @pin. Returns
 * as choose_map().
 */
static int check_outer(struct choosing *choosing, const struct bpf_map *map, const struct pin *pin)
{
	int err = map_compare(choosing->object, map, pin), fits;

	if (err)
		return err;
	fits = map_nest_fits(choosing->nest, &choosing->transaction->live, map, pin);
	return fits < 0 ? fits : fits ? 0 : -ENOENT;
}

/* 0: @map reuses @pin; -ENOENT: it is new; -EEXIST: it may not, with a message; or another -errno.
 */
static int choose_map(struct choosing *choosing, struct bpf_map *map, const struct pin *pin)
{
	int err;

	if (!choosing->load->reuse_maps || !pin || object_map_is_constant(choosing->object, map))
		return -ENOENT;
	err = refuse_orphaned_map(choosing->transaction, choosing->load, choosing->keep_map, map,
				  pin);
	if (err == -ENOENT)
		return err;
	choosing->left_over |= err == -EEXIST;
	err = map_nest_is_outer(choosing->nest, map) ? check_outer(choosing, map, pin) : 0;
	if (err == -ENOENT)
		return err;
	if (!err)
		err = object_reuse_map(choosing->object, map, pin);
	if (err == -EEXIST && choosing->load->force) {
		log_warn("map %s is new: what the pinned one has counted is gone",
			 bpf_map__name(map));
		return -ENOENT;
	}
	choosing->differ |= err == -EEXIST;
	return err;
}

/* The map asks for it. Returns as choose_map(); or -ENODATA: it is the device's own. */
static int share_map(struct choosing *choosing, struct bpf_map *map)
{
	int err;

	if (object_map_is_constant(choosing->object, map))
		return -ENODATA; /* each load fills it again */
	if (!choosing->share->path) {
		log_info("map %s asks to be pinned by its name: here it is %s's own; --pin-path "
			 "shares it",
			 bpf_map__name(map), choosing->transaction->hook.device);
		return -ENODATA;
	}
	err = map_share_reuse(choosing->share, choosing->object, map);
	if (err == -ENOENT) /* the device's own may be the first one */
		return choose_map(choosing, map, find_pin(&choosing->transaction->live, map));
	if (err != -EEXIST)
		return err;
	log_error("other devices may use it: give another --pin-path, or remove its pin from %s",
		  choosing->share->path);
	choosing->left_over = true;
	return err;
}

/* Outer maps come after the maps in them. */
static int choose_maps(struct choosing *choosing, bool outer)
{
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, choosing->object->bpf) {
		if (map_nest_is_outer(choosing->nest, map) != outer || !bpf_map__autocreate(map))
			continue;
		err = map_share_asks(choosing->object, map) ? share_map(choosing, map) : -ENODATA;
		if (err == -ENODATA)
			err = choose_map(choosing, map,
					 find_pin(&choosing->transaction->live, map));
		if (err && err != -ENOENT && err != -EEXIST)
			return err;
		if (err == -ENOENT)
			choosing->report->maps_new++;
		else
			choosing->report->maps_reused++;
	}
	return 0;
}

int map_reuse_choose(const struct transaction *transaction, const struct reload_load *load,
		     const char *keep_map, struct object *object, struct map_reuse *reuse,
		     struct reload_report *report)
{
	struct choosing choosing = { .transaction = transaction,
				     .load = load,
				     .keep_map = keep_map,
				     .object = object,
				     .nest = &reuse->nest,
				     .share = &reuse->share,
				     .report = report };
	int err = map_nest_read(object, &reuse->nest);

	map_share_begin(&reuse->share, load->share);
	if (!err)
		err = choose_maps(&choosing, false);
	if (!err)
		err = choose_maps(&choosing, true);
	if (err)
		return err;
	if (choosing.differ)
		log_error("%swith --force to replace the maps that differ",
			  keep_map ? "load " : "load without --reuse-maps to start from zero, or ");
	return choosing.left_over || choosing.differ ? -EEXIST : 0;
}

int map_reuse_finish(const struct transaction *transaction, struct map_reuse *reuse)
{
	int err = map_nest_copy(&reuse->nest, &transaction->live);

	return err ? err : map_share_pin(&reuse->share);
}

void map_reuse_end(struct map_reuse *reuse)
{
	map_nest_free(&reuse->nest);
	map_share_close(&reuse->share);
}
