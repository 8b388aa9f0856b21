/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inside the writer; reload.h has what the tools call. */
#ifndef UNLOAD_H
#define UNLOAD_H

#include "pin_dir.h"
#include "pin_list.h"
#include "reload.h"
#include "transaction.h"

/* Removes the pins of @own, one of @live, of the programs that it hands packets to, and of the maps
 * that they alone use. @own NULL: of all programs that are not on @hook. 0 or -errno, with a
 * message.
 */
int unload_remove_programs(const struct pin_dir *dir, const struct pin_list *live,
			   const struct xdp_state *hook, const struct pin *own,
			   struct reload_report *report);

/* Detaches program @id if it is attached, then removes the pins of @own, our program of that ID, or
 * NULL. Returns 0, or prints a message and returns the exit code for it.
 */
int unload_program(const struct transaction *transaction, __u32 id, const struct pin *own,
		   bool force, struct reload_report *report);

#endif /* UNLOAD_H */
