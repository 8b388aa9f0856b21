/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every command of a writer has open, under the lock of the device's pin directory. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include <signal.h>
#include <stdbool.h>

#include "attach.h"
#include "owner.h"
#include "pin_list.h"
#include "reload.h"

struct transaction {
	struct reload *reload;
	struct attach_hook hook;
	struct pin_list live, staged; /* staged by an earlier run, and then by this one */
	sigset_t signals;
	struct owner before; /* of the directory, if it had one */
	bool had_owner, took_ownership;
};

/* Mounts a BPF filesystem if it must, takes the lock, reads what is pinned and attached, and
 * repairs what an earlier run has left. @force: whoever the owner of the directory is. 0; or -errno
 * with a message, and nothing is to be ended.
 */
int transaction_begin(struct reload *reload, struct transaction *transaction, bool force);
void transaction_end(struct transaction *transaction);

/* Reads what is staged again. 0 or -errno, with a message. */
int transaction_read_staged(struct transaction *transaction);

/* The device may have gone meanwhile, or given its name to another one: -ENODEV, with a message; or
 * 0.
 */
int transaction_check_device(const struct reload *reload);

/* The device becomes the owner of the directory, if it is not yet, until a load that fails gives
 * that back. 0 or -errno, with a message.
 */
int transaction_take_ownership(struct transaction *transaction);
void transaction_give_ownership_back(const struct transaction *transaction);

/* Reports program @id as the one that is replaced or taken off. */
void transaction_report_old(const struct attach_hook *hook, __u32 id, struct reload_report *report);

#endif /* TRANSACTION_H */
