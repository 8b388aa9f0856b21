/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Decides which pinned maps a load reuses. */
#ifndef MAP_REUSE_H
#define MAP_REUSE_H

#include "map_nest.h"
#include "map_share.h"
#include "object.h"
#include "reload.h"
#include "transaction.h"

struct map_reuse {
	struct map_nest nest;
	struct map_share share;
};

/* Gives each map of the object the pinned map to use instead of a new one, if @load reuses maps.
 * The pin has the map's name; for .bss, .data and others that libbpf makes of an object's section,
 * that section is enough, as libbpf puts the name of the object's file before it. @keep_map: the
 * map for whose sake maps_ctl loads, or NULL. Counts the maps in @report, and fills @reuse, for
 * map_reuse_finish() after the load and map_reuse_end() in any case. Returns 0, or -errno with a
 * message.
 */
int map_reuse_choose(const struct transaction *transaction, const struct reload_load *load,
		     const char *keep_map, struct object *object, struct map_reuse *reuse,
		     struct reload_report *report);

/* After the load, and before its maps are pinned: maps in maps, and maps that are shared. 0 or
 * -errno, with a message.
 */
int map_reuse_finish(const struct transaction *transaction, struct map_reuse *reuse);

void map_reuse_end(struct map_reuse *reuse);

#endif /* MAP_REUSE_H */
