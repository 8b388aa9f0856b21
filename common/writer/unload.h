/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inside the writer; reload.h has what the tools call. */
#ifndef UNLOAD_H
#define UNLOAD_H

#include "pin_dir.h"
#include "pin_list.h"
#include "reload.h"
#include "transaction.h"

/* Removes the pin of program @program, one of @live, and those of the maps that it alone uses. 0 or
 * -errno, with a message.
 */
int unload_remove_program(const struct pin_dir *dir, const struct pin_list *live,
			  const struct pin *program, struct reload_report *report);

/* Detaches program @id if it is attached, then removes the pins of @own, our program of that ID, or
 * NULL. Returns 0, or prints a message and returns the exit code for it.
 */
int unload_program(const struct transaction *transaction, __u32 id, const struct pin *own,
		   bool force, struct reload_report *report);

#endif /* UNLOAD_H */
