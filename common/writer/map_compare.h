/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a pinned map can take the place of an object's: its type, sizes and flags, and by BTF the
 * types of keys and values.
 */
#ifndef MAP_COMPARE_H
#define MAP_COMPARE_H

#include "object.h"
#include "pin_list.h"

/* 0; -EEXIST: they differ, with a message for each difference; or another -errno, with a message.
 */
int map_compare(const struct object *object, const struct bpf_map *map, const struct pin *pin);

#endif /* MAP_COMPARE_H */
