// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "repair.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commit.h"
#include "dispatcher_pins.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_live.h"
#include "pin_place.h"
#include "pin_stage.h"
#include "program_match.h"
#include "unload.h"

/* What a load that was stopped between its two steps has left on the hook. */
struct attached {
	__u32 id;			   /* of the new program; 0: not attached */
	__u32 others[ATTACH_MAX_PROGRAMS]; /* what must still go: the old one, and the shim */
	size_t count;
};

/* The shim runs before the program that it stands in for. @before: what was live before the
 * load, if it was being undone. 0 or -errno, with a message.
 */
static int find_attached(const struct transaction *transaction, const struct pin *staged,
			 const struct pin_list *before, struct attached *attached)
{
	const struct xdp_state *hook = &transaction->hook;
	size_t i;

	*attached = (struct attached){ 0 };
	for (i = hook->count; i-- > 0;) {
		__u32 id = hook->ids[i];
		/* The new one may have its live name already. */
		bool old = id != staged->id &&
			   (pin_list_find(&transaction->live, PIN_PROGRAM, id) ||
			    pin_list_find(before, PIN_PROGRAM, id));
		int new = old ? 0 : program_match_staged(hook, id, staged);

		if (new < 0)
			return new;
		if (!old && !new)
			continue;
		if (!old && !attached->id)
			attached->id = id;
		else
			attached->others[attached->count++] = id;
	}
	return 0;
}

/* The load got as far as the hook: does what it had still to do. Returns 0 or an exit code. */
static int repair_forward(const struct transaction *transaction, const struct attached *attached)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct attach_result result = { .id = attached->id, .before_fd = -1 };
	struct reload_report ignored = { 0 };
	int code = EXIT_OK;

	result.fd = attach_open_program(&transaction->hook, attached->id);
	if (result.fd < 0) {
		attach_fail_to_look_at(attached->id, result.fd);
		return EXIT_BPF;
	}
	if (attached->count &&
	    attach_remove(&transaction->hook, attached->others, attached->count, false))
		code = EXIT_XDP;
	else if (commit_stage_attached(dir, result.fd))
		code = EXIT_BPF;
	else
		code = commit_load(transaction->reload, &result, &ignored);
	close(result.fd);
	return code;
}

/* The pin's name says in which mode the program was. */
static const char *replaced_name(int ifindex, enum attach_mode mode, char *name, size_t size)
{
	snprintf(name, size, "%s-%d", attach_mode_name(mode), ifindex);
	return name;
}

int repair_keep_replaced(const struct transaction *transaction,
			 const struct attach_request *request)
{
	const struct xdp_state *hook = &transaction->hook;
	bool dispatched = hook->dispatcher && request->old_id;
	int err, fd = dispatched ? request->old_fd : attach_open_program(hook, hook->main_id);
	char name[NAME_MAX + 1];

	if (fd < 0)
		return attach_fail_to_look_at(hook->main_id, fd);
	replaced_name(hook->ifindex, hook->mode, name, sizeof(name));
	err = pin_stage_keep_replaced(&transaction->reload->dir, name, fd);
	if (!dispatched)
		close(fd);
	return err;
}

/* The load was stopped after the old program was detached and before the new one was attached.
 * @force gives up a program that cannot be attached again. Returns 0 or an exit code.
 */
static int put_replaced_back(const struct transaction *transaction, bool force)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct pin *replaced = NULL;
	char name[NAME_MAX + 1];
	enum attach_mode mode;
	struct pin_list pins;
	int err = pin_list_read(&transaction->reload->dir, PIN_REPLACED, &pins);
	int code = err ? EXIT_BPF : EXIT_OK;

	for (mode = ATTACH_NATIVE; mode <= ATTACH_OFFLOADED && !err && !replaced; mode++) {
		replaced_name(hook->ifindex, mode, name, sizeof(name));
		replaced = pin_list_find_name(&pins, PIN_PROGRAM, name);
		if (replaced)
			err = attach_put_back(hook, replaced->fd, mode);
	}
	if (err && replaced && force) {
		log_warn("what ran on %s is given up", hook->device);
	} else if (err && replaced) {
		code = EXIT_XDP;
		log_error("what ran on %s is kept in %s, to be put back by the next command; "
			  "'xdp_loader -d %s --unpin --force' gives it up",
			  hook->device, transaction->reload->dir.path, hook->device);
	}
	pin_list_close(&pins);
	return code;
}

/* Whether the load of program @staged, which hands packets to those of @secondary, has made the
 * pin: what others have pinned meanwhile stays.
 */
static bool is_of_load(const struct pin *pin, const struct pin *staged,
		       const struct pin_list *secondary)
{
	return pin->kind == PIN_PROGRAM ?
		       pin->id == staged->id || pin_list_find(secondary, PIN_PROGRAM, pin->id) :
		       pin->kind == PIN_MAP && bpf_maps_have(&staged->maps, pin->id);
}

int repair_restore_pins(const struct pin_dir *dir)
{
	struct pin_list before = { 0 }, staged = { 0 }, secondary = { 0 }, now = { 0 };
	const struct pin *program;
	size_t i;
	int err = pin_list_read(dir, PIN_BEFORE, &before);

	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &staged);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED_SECONDARY, &secondary);
	if (!err)
		err = pin_list_read(dir, PIN_LIVE, &now);
	/* First, as in a commit. */
	if (!err)
		err = pin_stage_restore_owner(dir);
	program = pin_list_first_program(&staged);
	for (i = 0; i < now.count && program && !err; i++)
		if (is_of_load(&now.pins[i], program, &secondary) &&
		    !pin_list_find_name(&before, now.pins[i].kind, now.pins[i].name))
			err = pin_live_remove(dir, &now.pins[i]);
	for (i = 0; i < before.count && !err; i++)
		err = pin_live_restore(dir, &before.pins[i]);
	pin_list_close(&before);
	pin_list_close(&staged);
	pin_list_close(&secondary);
	pin_list_close(&now);
	return err ? err : pin_stage_drop(dir);
}

/* Without a staged program there is nothing to go forward to, and what was before is back, or not
 * needed any more: an earlier repair has got so far. Returns 0 or an exit code.
 */
static int repair_load(const struct transaction *transaction, const struct pin *staged,
		       const struct pin_list *before, bool kept, bool force)
{
	int err, code = staged && !transaction->hook.main_id ?
				put_replaced_back(transaction, force) :
				EXIT_OK;
	const struct pin_dir *dir = &transaction->reload->dir;
	struct attached attached = { 0 };

	if (code)
		return code;
	if (staged && find_attached(transaction, staged, before, &attached))
		return EXIT_BPF;
	if (attached.id)
		return repair_forward(transaction, &attached);
	err = kept && staged ? repair_restore_pins(dir) : pin_stage_drop(dir);
	return err ? EXIT_BPF : EXIT_OK;
}

static int repair_unload(const struct pin_dir *dir, const struct xdp_state *hook)
{
	struct reload_report ignored = { 0 };
	struct pin_list live;
	int err = pin_list_read(dir, PIN_LIVE, &live);

	if (!err && !attach_find_own(&live, hook))
		err = unload_remove_programs(dir, &live, hook, NULL, &ignored);
	pin_list_close(&live);
	return err ? err : pin_live_end_unload(dir);
}

/* By which a dispatcher's programs are known. */
struct ours {
	const struct transaction *transaction;
	const struct pin *staged; /* NULL: none */
	const struct pin_list *before;
};

static int is_ours(int fd, __u32 program, const void *context)
{
	const struct ours *ours = context;

	if (xdp_state_has(&ours->transaction->hook, program) ||
	    pin_list_find(&ours->transaction->live, PIN_PROGRAM, program) ||
	    pin_list_find(ours->before, PIN_PROGRAM, program))
		return 1;
	return ours->staged ? program_match_copy(fd, program, ours->staged) : 0;
}

static int remove_dispatchers(const struct transaction *transaction, const struct pin *staged,
			      const struct pin_list *before)
{
	const struct ours ours = { .transaction = transaction, .staged = staged, .before = before };

	return dispatcher_pins_remove_ours(is_ours, &ours, transaction->reload->lock_timeout_ms);
}

int repair_remove_dispatchers(const struct transaction *transaction)
{
	return remove_dispatchers(transaction, NULL, &(const struct pin_list){ 0 });
}

int repair_pending(const struct transaction *transaction, bool force, bool *repaired)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	const struct pin *staged = pin_list_first_program(&transaction->staged);
	int left = pin_place_has(dir, PIN_PLACE_STAGED), unload = pin_live_unload_begun(dir);
	int kept = left > 0 ? pin_stage_kept_before(dir) : 0;
	struct pin_list before = { 0 };
	int code = EXIT_OK;

	if (left < 0 || unload < 0 || kept < 0)
		return EXIT_BPF;
	*repaired = left || unload;
	if (!*repaired)
		return EXIT_OK;
	if (kept && pin_list_read(dir, PIN_BEFORE, &before))
		code = EXIT_BPF;
	if (!code && remove_dispatchers(transaction, staged, &before))
		code = EXIT_FAILED; /* the lock is libxdp's */
	if (!code)
		code = repair_load(transaction, staged, &before, kept, force);
	pin_list_close(&before);
	if (!code && unload && repair_unload(dir, &transaction->hook))
		code = EXIT_BPF;
	if (!code)
		log_info("repaired %s, which an earlier run left in the middle of its work",
			 dir->path);
	return code;
}
