/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inside the writer: a load within a transaction. reload.h has what the tools call. */
#ifndef LOAD_H
#define LOAD_H

#include "object.h"
#include "reload.h"
#include "transaction.h"

struct load_policy {
	/* NULL, or the map that the load is for: it is reused even if no attached program uses it.
	 * The other maps of such a program are made again, with a warning.
	 */
	const char *map;
	/* NULL, or called after the object is loaded, and before the hook or a live pin changes: it
	 * may refuse to replace our program @old. Returns 0, or prints a message and returns the
	 * exit code for it.
	 */
	int (*check)(const struct transaction *transaction, const struct reload_load *load,
		     const struct load_policy *policy, const struct object *object,
		     const struct pin *old);
};

/* Loads the object and attaches its program. It replaces our program @old. If that is NULL, it
 * joins the dispatcher; without one it needs an empty hook, or load->force. Returns 0, or prints a
 * message and returns the exit code for it.
 */
int load_and_replace(struct transaction *transaction, const struct reload_load *load,
		     const struct load_policy *policy, const struct pin *old,
		     struct reload_report *report);

#endif /* LOAD_H */
