/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opens a pinned map by its path, with no more rights than needed, and checks that it is the map
 * that is expected. If not, says what is there instead.
 */
#ifndef MAP_PIN_H
#define MAP_PIN_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/types.h>

enum map_pin_use { MAP_PIN_READ, MAP_PIN_WRITE /* and read */ };

struct map_shape {
	const char *what;	    /* "a map of counters" */
	const char *let_read;	    /* what lets others read it, for a message; NULL: chmod */
	__u32 type;		    /* BPF_MAP_TYPE_... */
	__u32 key_size, value_size; /* bytes; the value's for one CPU */
	__u32 entries;
};

/* Opens the pin at @path. Returns a descriptor; -ENOENT without a message if nothing is pinned;
 * -EMFILE without a message, as the pin is not at fault; -EMEDIUMTYPE if it is not a map, or
 * of a different shape, with a message for each difference; or another -errno with a message.
 * @info, which may be NULL, gets what the kernel reports of the map.
 */
int map_pin_open(const char *path, enum map_pin_use use, const struct map_shape *shape,
		 struct bpf_map_info *info);

/* Opens whatever is pinned at @path. A descriptor or -errno, without a message. */
int map_pin_try(const char *path, enum map_pin_use use);

#endif /* MAP_PIN_H */
