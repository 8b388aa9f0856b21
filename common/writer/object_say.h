/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The messages for an object that cannot be used: the reason that libbpf or the verifier gives, and
 * what to do about it, if that is known.
 */
#ifndef OBJECT_SAY_H
#define OBJECT_SAY_H

#include "object.h"

/* Returns @err. */
int object_say_not_opened(int err, const char *name);

/* The verifier's words if it has refused a program, else libbpf's. */
void object_say_not_loaded(const struct object *object, int err);

#endif /* OBJECT_SAY_H */
