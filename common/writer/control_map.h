/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The map by which user space controls maps_prog_kern.c, from the path of its pin. */
#ifndef CONTROL_MAP_H
#define CONTROL_MAP_H

#include <stdbool.h>

#include "map_pin.h"
#include "maps_control.h"

struct control_map {
	int fd; /* -1 */
	__u32 id;
	const char *path; /* for messages: the caller's, must stay */
};

struct control_values {
	__u32 value1, value2;
};

/* What the program writes to the trace pipe: a line for each packet, or for the next few. */
struct control_trace {
	bool all;
	__u32 next; /* packets, if not all */
};

/* Returns 0, or -errno as map_pin_open() does. -EMEDIUMTYPE also means that the values have no
 * lock, or are not these two. Call control_map_close() in any case.
 */
int control_map_open(struct control_map *map, const char *path, enum map_pin_use use);
void control_map_close(struct control_map *map);

/* Both values under the map's lock: a pair is always what one writer wrote. Return 0, or -errno
 * with a message.
 */
int control_map_read(const struct control_map *map, struct control_values *values);
int control_map_write(const struct control_map *map, const struct control_values *values);

/* Which packets the program traces. Return as above. To trace the first packets that see new
 * values, write this after control_map_write().
 */
int control_map_read_trace(const struct control_map *map, struct control_trace *trace);
int control_map_write_trace(const struct control_map *map, const struct control_trace *trace);

/* Counts the packets for which the program has read two values that differ. They are in its other
 * map, pinned at @path. Returns 0; -ENOENT without a message if nothing is pinned there; or another
 * -errno with a message.
 */
int control_map_read_unequal(const char *path, __u64 *packets);

#endif /* CONTROL_MAP_H */
