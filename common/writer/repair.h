/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run that was stopped has left: it is finished if its program is attached, and undone if
 * not.
 */
#ifndef REPAIR_H
#define REPAIR_H

#include <stdbool.h>

#include "transaction.h"

/* Repairs, if there is something to repair: *@repaired. @force gives up a program that cannot be
 * attached again. 0 or -errno, with a message.
 */
int repair_pending(const struct transaction *transaction, bool force, bool *repaired);

/* The pins that were kept (pin_stage_keep_before()) come back, those of the load go, and at last
 * what was kept and staged. It can be stopped anywhere and called again. 0 or -errno, with a
 * message.
 */
int repair_restore_pins(const struct pin_dir *dir);

/* Keeps what is on the hook, which a load is about to empty, for a repair: the old program of ours;
 * if that is not all there is, what the kernel runs. 0 or -errno, with a message.
 */
int repair_keep_replaced(const struct transaction *transaction,
			 const struct attach_request *request);

/* Removes what libxdp has pinned for dispatchers of ours that are attached nowhere. @staged: the
 * program that is staged, or NULL. 0 or -errno, with a message.
 */
int repair_remove_dispatchers(const struct transaction *transaction, const struct pin *staged);

#endif /* REPAIR_H */
