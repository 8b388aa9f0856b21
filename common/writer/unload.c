// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "unload.h"

#include <errno.h>
#include <stdbool.h>

#include "log.h"
#include "pin_live.h"
#include "repair.h"
#include "transaction.h"

int unload_remove_program(const struct pin_dir *dir, const struct pin_list *live,
			  const struct pin *program, struct reload_report *report)
{
	size_t i, j;
	int err;

	for (i = 0; i < live->count; i++) {
		const struct pin *map = &live->pins[i];
		bool shared = false;

		if (map->kind != PIN_MAP || !bpf_maps_have(&program->maps, map->id))
			continue;
		for (j = 0; j < live->count; j++)
			shared |= live->pins[j].kind == PIN_PROGRAM && &live->pins[j] != program &&
				  bpf_maps_have(&live->pins[j].maps, map->id);
		if (shared)
			continue;
		err = pin_live_remove(dir, map);
		if (err)
			return err;
		report->maps_removed++;
	}
	err = pin_live_remove(dir, program);
	if (!err)
		report->programs_removed++;
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
			log_warn("%s is no pin of ours: left alone", live->pins[i].path);
}

/* Says why program @id, or where that is 0 a program of ours, cannot be unloaded. */
static int refuse_unload(const struct xdp_state *hook, __u32 id, const struct pin *own)
{
	char name[BPF_OBJ_NAME_LEN];

	if (!hook->main_id)
		log_error("could not unload from %s: no XDP program is attached to it",
			  hook->device);
	else if (id && !xdp_state_has(hook, id))
		log_error("could not unload program %u from %s: it is not there; %u (%s) is", id,
			  hook->device, hook->ids[0],
			  attach_program_name(hook, hook->ids[0], name, sizeof(name)));
	else if (!own)
		log_error("could not unload from %s: program %u (%s), which is there, is not ours; "
			  "give its ID and --force to take it off",
			  hook->device, id ? id : hook->ids[0],
			  attach_program_name(hook, id ? id : hook->ids[0], name, sizeof(name)));
	return -ENOENT;
}

/* The mark of an unload goes last. Where what was to be taken off is still there, @err comes of
 * that, and there is nothing to repair; else it stays after an error. Returns @err, or the mark's.
 */
static int end_unload(const struct transaction *transaction, int err)
{
	struct xdp_state now = transaction->hook;
	size_t i;

	if (!err)
		return pin_live_end_unload(&transaction->reload->dir);
	if (!now.main_id || attach_query(&now))
		return err;
	for (i = 0; i < transaction->hook.count; i++)
		if (!xdp_state_has(&now, transaction->hook.ids[i]))
			return err;
	pin_live_end_unload(&transaction->reload->dir);
	return err;
}

/* Takes program @id off, if it is on, and removes the pins of @own, if it is ours. */
static int detach_and_unpin(struct transaction *transaction, __u32 id, const struct pin *own,
			    bool force, struct reload_report *report)
{
	struct reload *reload = transaction->reload;
	bool attached = xdp_state_has(&transaction->hook, id);
	int err = 0;

	reload->failure = RELOAD_FAILED_XDP;
	if (attached)
		transaction_report_old(&transaction->hook, id, report);
	if (own)
		err = pin_live_begin_unload(&reload->dir);
	if (!err && attached)
		err = attach_remove(&transaction->hook, &id, 1, force);
	if (!err && own) {
		reload->failure = RELOAD_FAILED_BPF;
		err = unload_remove_program(&reload->dir, &transaction->live, own, report);
	}
	return own ? end_unload(transaction, err) : err;
}

int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = transaction_begin(reload, &transaction, force);
	if (err)
		return err;
	own = id ? pin_list_find(&transaction.live, PIN_PROGRAM, id) :
		   attach_find_own(&transaction.live, &transaction.hook);
	if (!id && own)
		id = own->id;
	if (xdp_state_has(&transaction.hook, id) && (own || force)) {
		err = detach_and_unpin(&transaction, id, own, force, report);
	} else {
		reload->failure = RELOAD_FAILED_XDP;
		err = refuse_unload(&transaction.hook, id, own);
	}
	transaction_end(&transaction);
	return err;
}

/* Our program that has a map of that name, or NULL. 0 or -errno, with a message. */
static int find_user(const struct pin_list *live, const char *map, const struct pin **user)
{
	__u32 id = 0;
	size_t i;
	int err = 0;

	*user = NULL;
	for (i = 0; i < live->count && !err && !*user; i++) {
		if (live->pins[i].kind != PIN_PROGRAM)
			continue;
		err = pin_list_find_map(live, &live->pins[i], map, &id);
		if (id)
			*user = &live->pins[i];
	}
	return err;
}

/* No program of ours has the map: that is well where none is attached. */
static int refuse_other_program(const struct transaction *transaction, const char *map)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct pin *own = attach_find_own(&transaction->live, hook);
	char name[BPF_OBJ_NAME_LEN];

	if (!hook->main_id) {
		if (transaction->live.count)
			log_warn("%s has pins of no program with a map %s: left alone; 'xdp_loader "
				 "-d %s --unpin' removes them",
				 transaction->reload->dir.path, map, hook->device);
		return 0;
	}
	transaction->reload->failure = RELOAD_FAILED_XDP;
	if (own)
		log_error("could not remove from %s: program %u (%s), which xdp_loader attached "
			  "there, has no map %s; 'xdp_loader -d %s --unload' takes it off",
			  hook->device, own->id, own->name, map, hook->device);
	else
		log_error("could not remove from %s: program %u (%s), which is there, is not ours; "
			  "who attached it can take it off",
			  hook->device, hook->ids[0],
			  attach_program_name(hook, hook->ids[0], name, sizeof(name)));
	return -EBUSY;
}

int reload_remove(struct reload *reload, const char *map, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = transaction_begin(reload, &transaction, false);
	if (err)
		return err;
	err = find_user(&transaction.live, map, &own);
	if (!err && !reload->ifindex && own)
		err = repair_remove_dispatchers(&transaction);
	if (!err)
		err = own ? detach_and_unpin(&transaction, own->id, own, false, report) :
			    refuse_other_program(&transaction, map);
	transaction_end(&transaction);
	return err;
}

int reload_unload_all(struct reload *reload, bool force, struct reload_report *report)
{
	struct transaction transaction;
	struct xdp_state *hook = &transaction.hook;
	char name[BPF_OBJ_NAME_LEN];
	size_t i;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = transaction_begin(reload, &transaction, force);
	if (err)
		return err;

	reload->failure = RELOAD_FAILED_XDP;
	for (i = 0; i < hook->count && !force; i++) {
		if (pin_list_find(&transaction.live, PIN_PROGRAM, hook->ids[i]))
			continue;
		log_error("could not unload all from %s: program %u (%s) there is not ours; give "
			  "--force to take it off too",
			  hook->device, hook->ids[i],
			  attach_program_name(hook, hook->ids[i], name, sizeof(name)));
		err = -EBUSY;
		goto out;
	}
	if (hook->count)
		transaction_report_old(hook, hook->ids[0], report);

	err = pin_live_begin_unload(&reload->dir);
	if (!err && hook->main_id)
		err = attach_remove_all(hook, force);
	if (!err) {
		reload->failure = RELOAD_FAILED_BPF;
		err = remove_kind(&transaction, PIN_MAP, &report->maps_removed);
	}
	if (!err)
		err = remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed);
	err = end_unload(&transaction, err);
	say_left_alone(&transaction.live);
out:
	transaction_end(&transaction);
	return err;
}

int reload_unpin(struct reload *reload, bool maps, bool programs, bool force,
		 struct reload_report *report)
{
	struct transaction transaction;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = transaction_begin(reload, &transaction, force);
	if (err)
		return err;
	reload->failure = RELOAD_FAILED_BPF;
	if (!reload->ifindex && programs)
		err = repair_remove_dispatchers(&transaction);
	if (!err && maps)
		err = remove_kind(&transaction, PIN_MAP, &report->maps_removed);
	if (!err && programs)
		err = remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed);
	say_left_alone(&transaction.live);
	transaction_end(&transaction);
	return err;
}
