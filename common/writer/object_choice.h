/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which program of an object is loaded. */
#ifndef OBJECT_CHOICE_H
#define OBJECT_CHOICE_H

#include <stdbool.h>

#include "object_slots.h"

struct object;
struct object_image;

/* Which program: the first with that name, that section, or both. Its section may have any name,
 * except that of a different type. If both are NULL: the first XDP program for a device
 * that the object does not tail-call; if all are tail-called, the first.
 */
struct object_choice {
	const char *program, *section;
};

/* Sets object->program, and makes an XDP program of it if libbpf does not know the type of its
 * section; no other program is loaded. Returns 0, or -errno with a message.
 */
int object_choose(struct object *object, const struct object_choice *choice);

/* Also loads the programs that the chosen one hands packets to: those that the object puts into its
 * prog arrays; and those for a devmap or a cpumap, if it has one that takes programs.
 */
void object_choose_secondary(struct object *object);

/* Prints the name and the section of each program that can be chosen, a line each. 0 or -errno,
 * with a message.
 */
int object_choice_print(const struct object_image *image);

/* True unless the entry is a program of a type other than XDP. */
bool object_choice_fits_xdp(const struct object_slot *slot);

#endif /* OBJECT_CHOICE_H */
