/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps in maps that the object itself names. An outer map is reused with its contents. If its inner
 * maps changed, a new outer map replaces it.
 */
#ifndef MAP_NEST_H
#define MAP_NEST_H

#include <stdbool.h>
#include <stddef.h>

#include <bpf/libbpf.h>

#include "object.h"
#include "pin_list.h"

/* One inner map that the object puts into an outer one. */
struct map_nest_slot {
	struct bpf_map *outer, *inner;
	__u32 key;
	const struct pin *replaced; /* the pinned map that @outer takes the place of, or NULL */
};

struct map_nest {
	struct map_nest_slot *slots;
	size_t count;
};

/* Reads what the object says. Call it before a map is reused, as that changes names. 0, or -ENOMEM
 * with a message; map_nest_free() in any case.
 */
int map_nest_read(const struct object *object, struct map_nest *nest);
void map_nest_free(struct map_nest *nest);

/* Whether the object puts maps into this one. */
bool map_nest_is_outer(const struct map_nest *nest, const struct bpf_map *map);

/* Whether the pinned map @pin, which is like @outer, has in each of these places the inner map that
 * the load reuses, or a map that is not pinned in @live, because somebody put it there at run time.
 * Ask when the inner maps are chosen. 1; 0: @outer is to take the place of @pin, which is
 * remembered for map_nest_copy(); or -errno with a message.
 */
int map_nest_fits(struct map_nest *nest, const struct pin_list *live, const struct bpf_map *outer,
		  const struct pin *pin);

/* After the load: copies to each new outer map what was put into the one of before at run time.
 * Inner maps that are pinned in @live are an earlier object's, and stay out. 0 or -errno, with a
 * message.
 */
int map_nest_copy(const struct map_nest *nest, const struct pin_list *live);

#endif /* MAP_NEST_H */
