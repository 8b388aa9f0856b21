/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps that several devices use together: those that ask to be pinned by their name
 * (LIBBPF_PIN_BY_NAME), in a folder that the user names. The first load pins them, later ones use
 * them. Nothing removes those pins, not even a load that fails: another device may use the map by
 * then. Each device has its own pin of them as well.
 */
#ifndef MAP_SHARE_H
#define MAP_SHARE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "object.h"

struct map_share {
	const char *path; /* of the folder; NULL: nothing is shared */
	struct map_share_new {
		struct bpf_map *map;
		char name[NAME_MAX + 1];
	} * maps; /* that are not pinned there yet */
	size_t count;
};

/* Whether the object asks for it. Call it before the map is reused. */
bool map_share_asks(const struct object *object, const struct bpf_map *map);

/* Maps are shared in the folder @path; NULL: none is. */
void map_share_begin(struct map_share *share, const char *path);
void map_share_close(struct map_share *share);

/* Gives @map the one that is pinned there. Nobody else may write to the folder, and it may not be
 * one of a device's own pins. Returns 0; -ENOENT without a message: there is none, so that
 * map_share_pin() will pin the map; or another -errno, with a message: -EEXIST if the two differ.
 */
int map_share_reuse(struct map_share *share, const struct object *object, struct bpf_map *map);

/* After the load: pins those that were not there, and makes the folder if it is missing. 0 or
 * -errno, with a message.
 */
int map_share_pin(const struct map_share *share);

#endif /* MAP_SHARE_H */
