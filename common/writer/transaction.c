// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "transaction.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>

#include "bpffs_mount.h"
#include "device.h"
#include "dispatcher_pins.h"
#include "exit_codes.h"
#include "folder.h"
#include "log.h"
#include "owner_check.h"
#include "pin_stage.h"
#include "repair.h"
#include "writer_lock.h"

/* Not only the same device: by the same name, too. */
static bool is_same_link(const struct owner *one, const struct owner *other)
{
	return owner_is_same(one, other) && !strcmp(one->device, other->device);
}

int transaction_take_ownership(struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	int err = pin_dir_owner(dir, &transaction->before);

	if (err && err != -ENOENT)
		return err;
	transaction->had_owner = !err;
	if (!err && is_same_link(&transaction->before, &dir->own))
		return 0;
	transaction->took_ownership = true;
	return err || owner_is_same(&transaction->before, &dir->own) ?
		       writer_lock_set_owner(dir, &dir->own) :
		       pin_stage_set_owner(dir);
}

/* It has no owner if it was removed meanwhile, and made again. */
void transaction_give_ownership_back(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct owner now;
	int err = pin_dir_owner(dir, &now);

	if (transaction->had_owner &&
	    (err == -ENOENT || (!err && !is_same_link(&now, &transaction->before))))
		writer_lock_set_owner(dir, &transaction->before);
	else if (!transaction->had_owner && transaction->took_ownership)
		writer_lock_set_owner(dir, NULL);
}

/* Ctrl-C in the middle would leave work for the next run; it can wait these milliseconds. */
static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, before);
}

void transaction_end(struct transaction *transaction)
{
	pin_list_close(&transaction->live);
	pin_list_close(&transaction->staged);
	writer_lock_release(&transaction->reload->dir);
	sigprocmask(SIG_SETMASK, &transaction->signals, NULL);
}

int transaction_read_staged(struct transaction *transaction)
{
	pin_list_close(&transaction->staged);
	return pin_list_read(&transaction->reload->dir, PIN_STAGED, &transaction->staged);
}

/* Reads what is pinned for the hook, and what is on it. Returns 0 or an exit code. */
static int read_state(struct transaction *transaction)
{
	const struct reload *reload = transaction->reload;
	int err;

	pin_list_close(&transaction->live);
	err = pin_list_read(&reload->dir, PIN_LIVE, &transaction->live);
	if (!err)
		err = transaction_read_staged(transaction);
	if (err)
		return EXIT_BPF;
	transaction->hook = (struct xdp_state){
		.device = reload->dir.device,
		.ifindex = reload->ifindex,
		.known = { &transaction->live, &transaction->staged },
	};
	return reload->ifindex && attach_query(&transaction->hook) ? EXIT_XDP : EXIT_OK;
}

int transaction_check_device(const struct reload *reload)
{
	char name[IF_NAMESIZE];
	int err = reload->ifindex ? device_name(reload->ifindex, name) : 0;

	if (!err && (!reload->ifindex || !strcmp(name, reload->dir.device)))
		return 0;
	if (!err || err == -ENODEV) {
		log_error("could not use device %s: it went away, or was renamed, just now; see "
			  "'ip link'",
			  reload->dir.device);
		return -ENODEV;
	}
	return folder_fail(err, "look for device", reload->dir.device);
}

/* Takes the lock of the directory, and waits for libxdp's. Returns 0 or an exit code. */
static int take_locks(struct reload *reload)
{
	struct pin_dir *dir = &reload->dir;
	int err;

	if (bpffs_mount_if_needed(dir->base))
		return EXIT_BPF;
	if (!reload->netns_is_gone && pin_dir_set_device(dir, reload->ifindex))
		return EXIT_FAILED;
	err = writer_lock_take(dir, reload->lock_timeout_ms);
	if (err)
		return err == -EUCLEAN ? EXIT_BPF : EXIT_FAILED;
	if (!dispatcher_pins_wait(reload->lock_timeout_ms))
		return EXIT_OK;
	writer_lock_release(dir);
	return EXIT_FAILED;
}

int transaction_begin(struct reload *reload, struct transaction *transaction, bool force)
{
	bool repaired;
	int code;

	*transaction = (struct transaction){ .reload = reload };
	sigprocmask(SIG_BLOCK, NULL, &transaction->signals);
	code = take_locks(reload);
	if (code)
		return code;
	hold_signals(&transaction->signals);

	if (transaction_check_device(reload))
		code = EXIT_FAILED;
	if (!code)
		code = read_state(transaction);
	if (!code && !force && owner_check(transaction))
		code = EXIT_BPF;
	if (!code)
		code = repair_pending(transaction, force, &repaired);
	if (!code && repaired)
		code = read_state(transaction);
	if (!code && repaired && !force && owner_check(transaction))
		code = EXIT_BPF;
	if (code)
		transaction_end(transaction);
	return code;
}

void transaction_report_gone(const struct xdp_state *hook, __u32 id, struct reload_report *report)
{
	size_t n = report->gone_count++;

	report->gone[n].id = id;
	snprintf(report->gone[n].name, sizeof(report->gone[n].name), "%s",
		 xdp_state_name(hook, id));
}
