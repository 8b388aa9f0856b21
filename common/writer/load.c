// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "load.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf_info.h"
#include "commit.h"
#include "device.h"
#include "device_queues.h"
#include "exit_codes.h"
#include "load_check.h"
#include "log.h"
#include "map_reuse.h"
#include "object_set.h"
#include "pin_stage.h"
#include "program_match.h"
#include "repair.h"
#include "transaction.h"
#include "writer_lock.h"

/* Whether the kernel may have to empty the hook before it takes the new program. */
static bool may_empty_hook(const struct xdp_state *hook, const struct attach_request *request)
{
	bool changes_mode = request->mode == ATTACH_AUTO ? hook->mode == ATTACH_NATIVE :
							   request->mode != hook->mode;
	bool may_break_link = request->force && !hook->dispatcher;

	return hook->main_id && (changes_mode || may_break_link);
}

/* Returns 0, or -EEXIST with a message if the live name is that of something else than our pin. */
static int refuse_foreign_pin(const struct transaction *transaction, const char *name)
{
	const struct pin *other = pin_list_find_called(&transaction->live, PIN_OTHER, name);

	if (!other)
		return 0;
	log_error("could not pin %s: %s is there, and is not one of our pins; move it away", name,
		  other->path);
	return -EEXIST;
}

/* The same for map @id, which may be pinned there already, or replace one of our maps. */
static int refuse_foreign_map(const struct transaction *transaction, const char *name, __u32 id,
			      bool force)
{
	const struct pin *there = pin_list_find_called(&transaction->live, PIN_MAP, name);

	if (!there || there->id == id || force || pin_list_uses_map(&transaction->live, there->id))
		return refuse_foreign_pin(transaction, name);
	log_error("could not pin map %s: %s is there, and no program that is pinned beside it uses "
		  "it; give --reuse-maps to keep counting in it, or --force to take its place",
		  name, there->path);
	return -EEXIST;
}

/* The chosen program comes last: with it, the load is one that can go forward. */
static int stage_programs(const struct transaction *transaction, const struct object *object)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct bpf_program *program = NULL;
	int err = 0;

	while (!err && (program = object_next_secondary(object, program))) {
		const char *name = bpf_program__name(program);

		err = refuse_foreign_pin(transaction, name);
		if (!err)
			err = pin_stage_add(dir, PIN_STAGED_SECONDARY, PIN_PROGRAM, name,
					    bpf_program__fd(program));
	}
	if (!err)
		err = refuse_foreign_pin(transaction, object_program_name(object));
	return err ? err :
		     pin_stage_add(dir, PIN_STAGED, PIN_PROGRAM, object_program_name(object),
				   object_program_fd(object));
}

/* The new maps and the programs, beside the live pins. */
static int stage(const struct transaction *transaction, const struct object *object,
		 const struct reload_load *load)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, object->bpf) {
		struct bpf_map_info info;

		if (object_map_fd(map) < 0)
			continue; /* told not to be made */
		err = bpf_info_map(object_map_fd(map), &info);
		if (err) {
			log_error("could not look at map %s: %s", bpf_map__name(map),
				  strerror(-err));
			return err;
		}
		/* Constants are never reused, whatever becomes of the other maps. */
		err = refuse_foreign_map(
			transaction, bpf_map__name(map), info.id,
			load->force || (load->reuse_maps && object_map_is_constant(object, map)));
		if (!err && !pin_list_find(&transaction->live, PIN_MAP, info.id))
			err = pin_stage_add(dir, PIN_STAGED, PIN_MAP, bpf_map__name(map),
					    object_map_fd(map));
		if (err)
			return err;
	}
	return stage_programs(transaction, object);
}

static int load_object(struct transaction *transaction, const struct reload_load *load,
		       const char *keep_map, struct object *object, struct map_reuse *reuse,
		       struct reload_report *report)
{
	int err = object_open(object, load->image, &load->choice);

	if (!err)
		err = map_reuse_choose(transaction, load, keep_map, object, reuse, report);
	if (!err)
		err = object_set_variables(object, load->variables, load->variable_count);
	if (!err) {
		object_bind_to_device(object, transaction->hook.ifindex);
		err = object_load(object);
	}
	if (!err)
		err = map_reuse_finish(transaction, reuse);
	if (!err)
		err = transaction_take_ownership(transaction);
	if (!err)
		err = stage(transaction, object, load);
	return err ? err : transaction_read_staged(transaction);
}

/* Whether an attach that failed has left the hook as it was, as far as a load goes. */
static bool has_left_nothing(const struct transaction *transaction)
{
	const struct xdp_state *before = &transaction->hook;
	const struct pin *staged = pin_list_first_program(&transaction->staged);
	struct xdp_state now = *before;
	char name[IF_NAMESIZE];
	size_t i;

	if (!staged)
		return true; /* somebody has removed it */
	if (device_name(before->ifindex, name) == -ENODEV)
		return true; /* the hook has gone with the device */
	if (attach_query(&now) || (before->main_id && !now.main_id))
		return false;
	for (i = 0; i < now.count; i++)
		if (!xdp_state_has(before, now.ids[i]) &&
		    program_match_staged(&now, now.ids[i], staged))
			return false;
	return true;
}

static void say_not_undone(const struct transaction *transaction)
{
	log_error("the load on %s is not undone: the next command finishes it, or undoes it",
		  transaction->hook.device);
}

/* Removes the staged pins, and gives the directory back to its owner. */
static void drop_staged(const struct transaction *transaction)
{
	pin_stage_drop(&transaction->reload->dir);
	transaction_give_ownership_back(transaction);
}

/* The programs' pins, by which the next run knows what to do, may have moved already. @fd: the
 * program that is attached, which libxdp may have made of the object's.
 */
static int stage_again(struct transaction *transaction, const struct object *object, int fd)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct bpf_program *program = NULL;
	struct pin_list secondary;
	int err = pin_list_read(dir, PIN_STAGED_SECONDARY, &secondary);

	while (!err && (program = object_next_secondary(object, program))) {
		const char *name = bpf_program__name(program);

		if (!pin_list_find_name(&secondary, PIN_PROGRAM, name))
			err = pin_stage_add(dir, PIN_STAGED_SECONDARY, PIN_PROGRAM, name,
					    bpf_program__fd(program));
	}
	pin_list_close(&secondary);
	if (!err)
		err = transaction_read_staged(transaction);
	return err || pin_list_first_program(&transaction->staged) ?
		       err :
		       pin_stage_add(dir, PIN_STAGED, PIN_PROGRAM, object_program_name(object), fd);
}

/* The load has failed after the program was attached. What fails here too is left to the next run:
 * that goes forward while the new program is attached, and back when it is not.
 */
static void undo(struct transaction *transaction, const struct attach_request *request,
		 const struct attach_result *attached)
{
	struct pin_dir *dir = &transaction->reload->dir;
	int err = writer_lock_take_again(dir, transaction->reload->lock_timeout_ms);

	/* If it is gone, no pin is left that tells the next run. */
	if (err && dir->lock < 0 && !attach_undo(&transaction->hook, request, attached))
		return;
	if (!err)
		err = stage_again(transaction, request->object, attached->fd);
	if (!err)
		err = pin_stage_keep_before(dir, &transaction->live,
					    transaction->had_owner && transaction->took_ownership ?
						    &transaction->before :
						    NULL);
	if (!err)
		err = attach_undo(&transaction->hook, request, attached);
	if (!err)
		err = repair_restore_pins(dir);
	if (err) {
		say_not_undone(transaction);
		return;
	}
	transaction_give_ownership_back(transaction);
}

/* Puts the copy that libxdp attached in place of the staged program, and commits what is staged.
 * Returns 0 or an exit code.
 */
static int commit(const struct transaction *transaction, const struct attach_request *request,
		  struct reload_report *report)
{
	const struct reload *reload = transaction->reload;
	struct attach_result *attached = &report->attached;

	if (attach_read_back(&transaction->hook, attached) || transaction_check_device(reload))
		return EXIT_XDP;
	/* libxdp attaches a copy, even if it then attaches it without a dispatcher. */
	if (attached->id != object_program_id(request->object) &&
	    commit_stage_attached(&reload->dir, attached->fd))
		return EXIT_BPF;
	return commit_load(reload, attached, report);
}

/* Attaches the staged program and commits its pins. If the old program cannot be attached again, or
 * the kernel does not report what is attached, the staged pins stay. The next run finishes the load
 * or undoes it. Returns 0 or an exit code.
 */
static int attach_and_commit(struct transaction *transaction, const struct attach_request *request,
			     struct reload_report *report)
{
	struct attach_result *attached = &report->attached;
	int code;

	if (may_empty_hook(&transaction->hook, request) &&
	    repair_keep_replaced(transaction, request)) {
		drop_staged(transaction);
		return EXIT_BPF;
	}
	if (attach_program(&transaction->hook, request, attached)) {
		code = EXIT_XDP;
		if (has_left_nothing(transaction))
			drop_staged(transaction);
		else
			say_not_undone(transaction);
	} else {
		code = commit(transaction, request, report);
		if (code)
			undo(transaction, request, attached);
	}
	if (attached->before_fd >= 0)
		close(attached->before_fd);
	return code;
}

/* A program that is attached directly takes the place of all that was there. */
static void report_others(const struct xdp_state *before, __u32 old_id,
			  struct reload_report *report)
{
	size_t i;

	for (i = 0; i < before->count && !report->attached.dispatcher; i++)
		if (before->ids[i] != old_id)
			transaction_report_gone(before, before->ids[i], report);
}

/* The kernel says it too, but only in its log. @queues: as they were before the load. */
static void say_shared_queues(const struct xdp_state *before, const struct device_queues *queues)
{
	bool is_native = before->main_id && before->mode == ATTACH_NATIVE;
	char advice[DEVICE_QUEUES_ADVICE_SIZE];

	if (!device_queues_would_be_shared(queues, is_native))
		return;
	device_queues_advise(queues, before->device, advice);
	log_info("%s has no queues for XDP alone: programs that return XDP_TX or XDP_REDIRECT are "
		 "slower (\"locked tx mode\"), others are not; what helps: %s",
		 before->device, advice);
}

int load_and_replace(struct transaction *transaction, const struct reload_load *load,
		     const char *keep_map, const struct pin *old, struct reload_report *report)
{
	struct object object = { 0 };
	const struct attach_request request = {
		.object = &object,
		.mode = load->mode,
		.direct = load->direct,
		.order = load->order,
		.force = load->force,
		.old_id = old ? old->id : 0,
		.old_fd = old ? old->fd : -1,
	};
	struct map_reuse reuse = { .share.path = NULL };
	struct device_queues queues = { 0 };
	int code = load_object(transaction, load, keep_map, &object, &reuse, report) ? EXIT_BPF :
										       EXIT_OK;

	if (!code && old && keep_map)
		code = load_check_same(transaction, load, keep_map, &object, old);
	if (!code && !old && !load->force && transaction->hook.dispatcher)
		code = load_check_copy(transaction, &object);
	if (!code && transaction->hook.dispatcher && !load->direct)
		code = load_check_counters(transaction, load, &object, old);
	if (code) {
		drop_staged(transaction);
	} else {
		if (load->mode != ATTACH_SKB) /* it waits while another device is attached to */
			device_queues_query(transaction->hook.device, &queues);
		code = attach_and_commit(transaction, &request, report);
	}
	if (!code) {
		snprintf(report->program, sizeof(report->program), "%s",
			 object_program_name(&object));
		report_others(&transaction->hook, request.old_id, report);
		if (report->attached.mode == ATTACH_NATIVE)
			say_shared_queues(&transaction->hook, &queues);
	}
	if (report->attached.fd >= 0)
		close(report->attached.fd);
	report->attached.fd = -1;
	map_reuse_end(&reuse);
	object_close(&object);
	return code;
}

int reload_load(struct reload *reload, const struct reload_load *load, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *old;
	int code = transaction_begin(reload, &transaction, load->force);

	if (code)
		return code;
	*report = (struct reload_report){ .attached.fd = -1 };
	old = attach_find_own(&transaction.live, &transaction.hook);
	if (old)
		transaction_report_gone(&transaction.hook, old->id, report);
	code = load_and_replace(&transaction, load, NULL, old, report);
	transaction_end(&transaction);
	return code;
}
