/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps that several devices use together: those that ask to be pinned by their name
 * (LIBBPF_PIN_BY_NAME), in a folder that the user names. The first load pins them, later ones use
 * them, and no unload removes them there. Each device has its own pin of them as well.
 */
#ifndef MAP_SHARE_H
#define MAP_SHARE_H

#include <stdbool.h>
#include <stddef.h>

#include "object.h"

struct map_share {
	const char *path;	   /* of the folder; NULL: nothing is shared */
	int folder;		   /* -1: not open */
	struct bpf_map **new_maps; /* that are not pinned there yet */
	size_t count;
	size_t pinned; /* so many of them are, by this load */
};

/* Whether the object asks for it. Call it before the map is reused. */
bool map_share_asks(const struct object *object, const struct bpf_map *map);

/* Opens the folder, which is made if it is missing; NULL: shares nothing. Nobody else may write
 * there. 0 or -errno, with a message; map_share_close() in any case.
 */
int map_share_open(struct map_share *share, const char *path);
void map_share_close(struct map_share *share);

/* Gives @map the one that is pinned there; if there is none, remembers it. Returns 0; -ENOENT
 * without a message: it is new; or another -errno, with a message: -EEXIST if the two differ.
 */
int map_share_reuse(struct map_share *share, const struct object *object, struct bpf_map *map);

/* After the load: pins those that are new. 0 or -errno, with a message. */
int map_share_pin(struct map_share *share);

/* The load has failed: removes what it has pinned. */
void map_share_undo(struct map_share *share);

#endif /* MAP_SHARE_H */
