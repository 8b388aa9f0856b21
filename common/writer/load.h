/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inside the writer: a load within a transaction. reload.h has what the tools call. */
#ifndef LOAD_H
#define LOAD_H

#include "object.h"
#include "reload.h"
#include "transaction.h"

struct load_policy {
	/* NULL, or the map that the load is for: it is reused even if the program that used it is
	 * detached. Other maps of such a program become new then, with a warning.
	 */
	const char *map;
	/* NULL, or may refuse that the loaded @object replaces our program @old. Nothing has
	 * changed yet. Returns 0, or prints a message and returns the exit code for it.
	 */
	int (*check)(const struct transaction *transaction, const struct reload_load *load,
		     const struct load_policy *policy, const struct object *object,
		     const struct pin *old);
};

/* Loads the object and attaches its program in place of our program @old, or beside or instead of
 * what is there if that is NULL. Returns 0, or prints a message and returns the exit code for it.
 */
int load_and_replace(struct transaction *transaction, const struct reload_load *load,
		     const struct load_policy *policy, const struct pin *old,
		     struct reload_report *report);

#endif /* LOAD_H */
