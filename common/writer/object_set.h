/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Global variables of an object, set before it is loaded. */
#ifndef OBJECT_SET_H
#define OBJECT_SET_H

#include <stddef.h>

#include "object.h"

/* Each of @count texts is NAME=VALUE; a member of a struct is NAME.MEMBER. The type is in BTF: a
 * number that fits it (hexadecimal behind "0x"), true or false, an enumerator's name, or a text for
 * an array of char. Call it when it is clear which maps are reused: their variables keep their
 * values. Returns 0, or -errno with a message.
 */
int object_set_variables(const struct object *object, const char *const *texts, size_t count);

#endif /* OBJECT_SET_H */
