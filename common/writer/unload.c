// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "unload.h"

#include <errno.h>
#include <stdbool.h>

#include "commit.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_live.h"
#include "repair.h"
#include "transaction.h"

/* What an unload removes. */
struct removal {
	const struct pin_list *live;
	const struct xdp_state *hook;
	const struct pin *own; /* NULL: all that is not attached */
};

static bool program_goes(const struct removal *removal, const struct pin *pin)
{
	const struct pin *own = removal->own;

	return pin->kind == PIN_PROGRAM &&
	       (pin == own || (!xdp_state_has(removal->hook, pin->id) &&
			       (!own || pin_list_is_secondary(removal->live, pin, own))));
}

/* With its last program. */
static bool map_goes(const struct removal *removal, const struct pin *map)
{
	bool used = false;
	size_t i;

	for (i = 0; i < removal->live->count && map->kind == PIN_MAP; i++) {
		const struct pin *program = &removal->live->pins[i];

		if (program->kind != PIN_PROGRAM || !bpf_maps_have(&program->maps, map->id))
			continue;
		if (!program_goes(removal, program))
			return false;
		used = true;
	}
	return used;
}

int unload_remove_programs(const struct pin_dir *dir, const struct pin_list *live,
			   const struct xdp_state *hook, const struct pin *own,
			   struct reload_report *report)
{
	const struct removal removal = { .live = live, .hook = hook, .own = own };
	size_t i;
	int err = 0;

	for (i = 0; i < live->count && !err; i++) {
		if (!map_goes(&removal, &live->pins[i]))
			continue;
		err = pin_live_remove(dir, &live->pins[i]);
		report->maps_removed += !err;
	}
	for (i = 0; i < live->count && !err; i++) {
		if (!program_goes(&removal, &live->pins[i]))
			continue;
		err = pin_live_remove(dir, &live->pins[i]);
		report->programs_removed += !err;
	}
	return err;
}

static int remove_kind(const struct transaction *transaction, enum pin_kind kind, size_t *removed)
{
	const struct pin_list *live = &transaction->live;
	size_t i;
	int err;

	for (i = 0; i < live->count; i++) {
		if (live->pins[i].kind != kind)
			continue;
		err = pin_live_remove(&transaction->reload->dir, &live->pins[i]);
		if (err)
			return err;
		++*removed;
	}
	return 0;
}

static void say_left_alone(const struct pin_list *live)
{
	size_t i;

	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_OTHER)
			log_warn("%s is not one of our pins: left alone", live->pins[i].path);
}

/* Prints why program @id cannot be unloaded; 0: why there is none of ours to unload. */
static void refuse_unload(const struct xdp_state *hook, __u32 id, const struct pin *own)
{
	if (!hook->main_id)
		log_error("could not unload from %s: no XDP program is attached to it",
			  hook->device);
	else if (id && !xdp_state_has(hook, id))
		log_error("could not unload program %u from %s: it is not there; %u (%s) is", id,
			  hook->device, hook->ids[0], xdp_state_name(hook, hook->ids[0]));
	else if (!own)
		log_error("could not unload from %s: program %u (%s), which is there, is not ours; "
			  "give %s--force to detach it",
			  hook->device, id ? id : hook->ids[0],
			  xdp_state_name(hook, id ? id : hook->ids[0]), id ? "" : "its ID and ");
}

/* The mark of an unload goes last. If all that was to be detached is still there, nothing needs a
 * repair; else the mark stays after an error. Returns @code, or EXIT_BPF if the mark cannot go.
 */
static int end_unload(const struct transaction *transaction, int code)
{
	struct xdp_state now = transaction->hook;
	size_t i;

	if (!code)
		return pin_live_end_unload(&transaction->reload->dir) ? EXIT_BPF : EXIT_OK;
	if (!now.main_id || attach_query(&now))
		return code;
	for (i = 0; i < transaction->hook.count; i++)
		if (!xdp_state_has(&now, transaction->hook.ids[i]))
			return code;
	pin_live_end_unload(&transaction->reload->dir);
	return code;
}

int unload_program(const struct transaction *transaction, __u32 id, const struct pin *own,
		   bool force, struct reload_report *report)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	bool attached = xdp_state_has(&transaction->hook, id);
	int code = EXIT_OK;

	if (attached)
		transaction_report_gone(&transaction->hook, id, report);
	if (own && pin_live_begin_unload(dir))
		code = EXIT_BPF;
	else if (attached && attach_remove(&transaction->hook, &id, 1, force))
		code = EXIT_XDP;
	else if (own &&
		 unload_remove_programs(dir, &transaction->live, &transaction->hook, own, report))
		code = EXIT_BPF;
	commit_wait_for_tail_calls(&transaction->live, &(const struct bpf_maps){ 0 });
	return own ? end_unload(transaction, code) : code;
}

int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int code;

	*report = (struct reload_report){ .attached.fd = -1 };
	code = transaction_begin(reload, &transaction, force);
	if (code)
		return code;
	own = id ? pin_list_find(&transaction.live, PIN_PROGRAM, id) :
		   attach_find_own(&transaction.live, &transaction.hook);
	if (!id && own)
		id = own->id;
	if (xdp_state_has(&transaction.hook, id) && (own || force)) {
		code = unload_program(&transaction, id, own, force, report);
	} else {
		refuse_unload(&transaction.hook, id, own);
		code = EXIT_XDP;
	}
	transaction_end(&transaction);
	return code;
}

int reload_unload_all(struct reload *reload, bool force, struct reload_report *report)
{
	struct transaction transaction;
	struct xdp_state *hook = &transaction.hook;
	size_t i;
	int code;

	*report = (struct reload_report){ .attached.fd = -1 };
	code = transaction_begin(reload, &transaction, force);
	if (code)
		return code;

	for (i = 0; i < hook->count && !force; i++) {
		if (pin_list_find(&transaction.live, PIN_PROGRAM, hook->ids[i]))
			continue;
		log_error("could not unload all from %s: program %u (%s) there is not ours; give "
			  "--force to detach it too",
			  hook->device, hook->ids[i], xdp_state_name(hook, hook->ids[i]));
		code = EXIT_XDP;
		goto out;
	}
	for (i = 0; i < hook->count; i++)
		transaction_report_gone(hook, hook->ids[i], report);

	if (pin_live_begin_unload(&reload->dir))
		code = EXIT_BPF;
	else if (hook->main_id && attach_remove_all(hook, force))
		code = EXIT_XDP;
	else if (remove_kind(&transaction, PIN_MAP, &report->maps_removed) ||
		 remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed))
		code = EXIT_BPF;
	commit_wait_for_tail_calls(&transaction.live, &(const struct bpf_maps){ 0 });
	code = end_unload(&transaction, code);
	say_left_alone(&transaction.live);
out:
	transaction_end(&transaction);
	return code;
}

/* A prog array is emptied when its last pin goes, also while an attached program tail-calls by it.
 * Returns -EBUSY with a message if one here would be.
 */
static int refuse_to_empty(const struct transaction *transaction)
{
	const struct pin_list *live = &transaction->live;
	const struct pin *own = attach_find_own(live, &transaction->hook);
	size_t i;

	for (i = 0; i < live->count && own; i++) {
		const struct pin *map = &live->pins[i];

		if (map->kind != PIN_MAP || map->info.map.type != BPF_MAP_TYPE_PROG_ARRAY ||
		    !bpf_maps_have(&own->maps, map->id))
			continue;
		log_error("could not remove %s: without a pin the kernel empties it, and the tail "
			  "calls of %s, which is attached to %s, would end; unload the program, or "
			  "give --force",
			  map->path, own->name, transaction->hook.device);
		return -EBUSY;
	}
	return 0;
}

int reload_unpin(struct reload *reload, bool maps, bool programs, bool force,
		 struct reload_report *report)
{
	struct transaction transaction;
	int code;

	*report = (struct reload_report){ .attached.fd = -1 };
	code = transaction_begin(reload, &transaction, force);
	if (code)
		return code;
	if (maps && !force && refuse_to_empty(&transaction))
		code = EXIT_BPF;
	else if (!reload->ifindex && programs && repair_remove_dispatchers(&transaction))
		code = EXIT_FAILED; /* the lock is libxdp's */
	else if ((maps && remove_kind(&transaction, PIN_MAP, &report->maps_removed)) ||
		 (programs && remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed)))
		code = EXIT_BPF;
	say_left_alone(&transaction.live);
	transaction_end(&transaction);
	return code;
}
