/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which program of an object is loaded. */
#ifndef OBJECT_CHOICE_H
#define OBJECT_CHOICE_H

struct object;

/* Which program: the first with that name, that section, or both. Its section may have any name,
 * except that of a different type. If both are NULL: the first XDP program for a device.
 */
struct object_choice {
	const char *program, *section;
};

/* Sets object->program, and makes an XDP program of it if libbpf does not know the type of its
 * section; no other program is loaded. Returns 0, or -errno with a message.
 */
int object_choose(struct object *object, const struct object_choice *choice);

#endif /* OBJECT_CHOICE_H */
