/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Repairs what a killed run left. A load is finished if its program is attached, else it is undone.
 * An unload is finished.
 */
#ifndef REPAIR_H
#define REPAIR_H

#include <stdbool.h>

#include "transaction.h"

/* Repairs what an earlier run left. Sets *@repaired to whether there was anything to repair. With
 * @force, a program that cannot be attached again is given up; without it, that is an error.
 * Returns 0, or prints a message and returns the exit code for it.
 */
int repair_pending(const struct transaction *transaction, bool force, bool *repaired);

/* Undoes a load. Puts back the owner that pin_stage_keep_before() recorded, and removes the pins
 * that the load added. Makes the earlier pins again from the copies in PIN_BEFORE, then removes
 * these copies and the staged pins. It can be stopped anywhere and called again. Returns 0, or
 * -errno with a message.
 */
int repair_restore_pins(const struct pin_dir *dir);

/* Call before a load empties the hook. If our old program is behind the dispatcher, pins that
 * program; if not, pins what the kernel runs. repair_pending() can then attach the pinned program
 * again. Returns 0, or -errno with a message.
 */
int repair_keep_replaced(const struct transaction *transaction,
			 const struct attach_request *request);

/* Removes what libxdp pinned for dispatchers that hold our programs and are attached nowhere.
 * Returns 0, or -errno with a message.
 */
int repair_remove_dispatchers(const struct transaction *transaction);

#endif /* REPAIR_H */
