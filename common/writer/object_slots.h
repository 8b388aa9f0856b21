/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an object file says of the entries of its maps: the programs in a prog array, the maps in a
 * map of maps. libbpf reads it for itself, from the relocations of section .maps; it tells nobody.
 */
#ifndef OBJECT_SLOTS_H
#define OBJECT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include <bpf/btf.h>

/* One entry; the strings are the file's. */
struct object_slot {
	const char *map;
	size_t offset;	     /* in the variable @map, in bytes */
	const char *target;  /* the program, or the inner map */
	const char *section; /* a program's; NULL for a map */
};

/* Called for each entry; one for which it returns false is dropped by object_slots_filter(). */
typedef bool (*object_slot_keep)(const struct object_slot *slot, void *context);

/* Calls @keep for each entry in the ELF file of @size @bytes. If that is
 * none, or another machine's, @keep is not called; libbpf reports the error.
 */
void object_slots_each(const void *bytes, size_t size, object_slot_keep keep, void *context);

/* The same, and libbpf will not see the entries that are dropped. Changes @bytes. */
void object_slots_filter(void *bytes, size_t size, object_slot_keep keep, void *context);

/* Member @name of the definition of map @map, or NULL. */
const struct btf_member *object_map_member(const struct btf *btf, const char *map,
					   const char *name);

#endif /* OBJECT_SLOTS_H */
