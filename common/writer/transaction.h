/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every command that changes something runs in a transaction, which holds the lock of the device's
 * pin directory.
 */
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
	struct xdp_state hook;
	struct pin_list live;
	struct pin_list staged; /* by a run that was stopped; after the repair: by this run */
	sigset_t signals;	/* the mask that transaction_end() restores */
	struct owner before;	/* the directory's owner so far, if had_owner */
	bool had_owner, took_ownership;
};

/* Mounts a BPF filesystem if there is none, takes the lock, and waits until nobody holds libxdp's.
 * Holds SIGINT, SIGTERM and SIGHUP back until transaction_end(). Checks that the device is there,
 * reads what is pinned and attached, checks the owner of the directory, and repairs what an earlier
 * run left. @force skips the check of the owner, and lets the repair give up a program that cannot
 * be put back. Returns 0, or prints a message and returns the exit code for it; then do not call
 * transaction_end().
 */
int transaction_begin(struct reload *reload, struct transaction *transaction, bool force);
/* Releases the lock, closes the pins, and restores the signal mask. */
void transaction_end(struct transaction *transaction);

/* Reads the staged pins again. 0 or -errno, with a message. */
int transaction_read_staged(struct transaction *transaction);

/* Returns 0, also if reload->ifindex is 0 (no device); -ENODEV with a message if the device is gone
 * or was renamed; or another -errno with a message.
 */
int transaction_check_device(const struct reload *reload);

/* Makes the device the owner of the directory: at once, if there is no owner, or if the owner is
 * this device by an earlier name. If the owner is another device, the commit does it, as the live
 * pins are that device's until then. After a failed load, transaction_give_ownership_back()
 * restores the earlier owner. Returns 0, or -errno with a message.
 */
int transaction_take_ownership(struct transaction *transaction);
void transaction_give_ownership_back(const struct transaction *transaction);

/* Adds program @id to @report, as one that is replaced or detached. */
void transaction_report_gone(const struct xdp_state *hook, __u32 id, struct reload_report *report);

#endif /* TRANSACTION_H */
