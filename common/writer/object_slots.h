/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an object file says of the entries of its maps: the programs in a prog array, the maps in a
 * map of maps. libbpf reads it for itself, from the relocations of section .maps, and fills the
 * maps in object_load(); it has no function to ask for it.
 */
#ifndef OBJECT_SLOTS_H
#define OBJECT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include <bpf/btf.h>

/* One entry. */
struct object_slot {
	const char *map;
	size_t offset;	     /* in the variable @map, in bytes */
	const char *target;  /* the program, or the inner map */
	const char *section; /* a program's; NULL for a map */
};

struct object_slots {
	struct object_slot *list;
	size_t count;
	struct Elf *elf; /* whose strings they are; NULL: nothing was read */
};

/* Reads the entries in the ELF file of @size @bytes, which must stay until object_slots_free().
 * Those for which @keep returns false are left out, also of @bytes, so that libbpf does not see
 * them. There are none if it is not an ELF file, or another machine's; libbpf reports that later.
 * Returns 0, or -ENOMEM without a message. Call object_slots_free() in any case.
 */
int object_slots_read(struct object_slots *slots, void *bytes, size_t size,
		      bool (*keep)(const struct object_slot *slot));
void object_slots_free(struct object_slots *slots);

/* Member @name of the definition of map @map, or NULL. */
const struct btf_member *object_map_member(const struct btf *btf, const char *map,
					   const char *name);

#endif /* OBJECT_SLOTS_H */
