/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inside the writer: a load within a transaction. reload.h has what the tools call. */
#ifndef LOAD_H
#define LOAD_H

#include "object.h"
#include "reload.h"
#include "transaction.h"

/* Loads the object and attaches its program. It replaces our program @old. If that is NULL, it
 * joins the dispatcher; without one it needs an empty hook, or load->force.
 *
 * @keep_map is NULL, or the map that the load is for. That map is reused even if no attached
 * program uses it; the other maps of such a program are made again, with a warning. And if @old is
 * a different program, replacing it needs load->force.
 *
 * Returns 0, or prints a message and returns the exit code for it.
 */
int load_and_replace(struct transaction *transaction, const struct reload_load *load,
		     const char *keep_map, const struct pin *old, struct reload_report *report);

#endif /* LOAD_H */
