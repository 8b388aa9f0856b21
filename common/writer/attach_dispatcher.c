// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_dispatcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include "attach_say.h"
#include "bpffs.h"
#include "clock.h"
#include "dispatcher_pins.h"
#include "libxdp_pins.h"
#include "libxdp_step.h"
#include "log.h"
#include "xdp_stats_record.h"

static struct attach_place place_of(const struct xdp_program *program)
{
	struct attach_place place = { .priority = xdp_program__run_prio(program) };
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (xdp_program__chain_call_enabled(program, action) > 0)
			place.goes_on_after |= 1U << action;
	snprintf(place.name, sizeof(place.name), "%s", xdp_program__name(program));
	return place;
}

/* 0; -EAGAIN, without a message, if somebody has replaced what the hook says; or another -errno. */
static int check_still_there(const struct xdp_state *hook)
{
	struct xdp_state now = *hook;
	int err = attach_query_main(&now);

	return err ? err : now.main_id == hook->main_id ? 0 : -EAGAIN;
}

int attach_dispatcher_list(struct xdp_state *hook)
{
	struct xdp_multiprog *all;
	struct xdp_program *one = NULL;
	long err;

	if (!dispatcher_pins_are_safe()) {
		log_error("could not list the programs of libxdp's dispatcher on %s: another user "
			  "is in the way of libxdp's folder, see 'ls -ld " BPFFS_PATH "/xdp'",
			  hook->device);
		return -EUCLEAN;
	}
	libxdp_step_print();
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_get_error(all);
	/* What it cannot read it takes for somebody else's dispatcher: of that it would have no
	 * pins.
	 */
	if (!err && xdp_multiprog__is_legacy(all) &&
	    libxdp_pins_may_have(hook->ifindex, hook->main_id)) {
		xdp_multiprog__close(all);
		err = -EIO;
	}
	if (err) {
		log_error("could not list the programs of libxdp's dispatcher on %s: %s; is the "
			  "BPF filesystem that they were loaded under still mounted? If its pins "
			  "there are damaged, 'ip link set dev %s %s off' detaches them all",
			  hook->device, strerror(-err), hook->device,
			  hook->mode == ATTACH_SKB ? "xdpgeneric" : "xdpdrv");
		return err;
	}
	hook->dispatcher = !xdp_multiprog__is_legacy(all);
	if (!hook->dispatcher) {
		err = check_still_there(hook);
		if (err) {
			xdp_multiprog__close(all);
			return err;
		}
	}
	hook->count = 0;
	while ((one = xdp_multiprog__next_prog(one, all)) && hook->count < ATTACH_MAX_PROGRAMS) {
		hook->places[hook->count] = place_of(one);
		snprintf(hook->names[hook->count], sizeof(hook->names[0]), "%s",
			 xdp_program__name(one));
		hook->ids[hook->count++] = xdp_program__id(one);
	}
	if (!hook->dispatcher) {
		strcpy(hook->names[hook->count], ATTACH_DISPATCHER_NAME);
		hook->ids[hook->count++] = hook->main_id;
	}
	xdp_multiprog__close(all);
	return 0;
}

bool attach_dispatcher_is_possible(const struct object *object)
{
	struct object extension;
	int err;

	err = object_open_again(object, &extension, NULL);
	if (!err)
		err = bpf_program__set_type(extension.program, BPF_PROG_TYPE_EXT);
	if (!err)
		err = bpf_program__set_expected_attach_type(extension.program, 0);
	if (!err)
		err = bpf_program__set_flags(extension.program, 0);
	if (!err)
		err = bpf_program__set_attach_target(extension.program, object_program_fd(object),
						     object_program_name(object));
	if (!err)
		err = bpf_object__load(extension.bpf);
	object_close(&extension);
	return !err;
}

#define LIBXDP_LOCK_TIMEOUT_MS 10000 /* libxdp itself has just had the lock */

/* Whether none of these is on the hook any more. */
static bool are_gone(const struct xdp_state *hook, const __u32 *ids, size_t count)
{
	struct xdp_state now = *hook;
	size_t i;

	if (attach_query(&now) || (now.main_id && !now.dispatcher))
		return false; /* libxdp cannot say what is behind it */
	for (i = 0; i < count; i++)
		if (xdp_state_has(&now, ids[i]))
			return false;
	return true;
}

int attach_dispatcher_remove(const struct xdp_state *hook, const __u32 *ids, size_t count)
{
	struct xdp_program *programs[ATTACH_MAX_PROGRAMS] = { 0 };
	size_t i;
	long err = 0;

	for (i = 0; i < count && !err; i++) {
		programs[i] = xdp_program__from_id(ids[i]);
		err = libxdp_get_error(programs[i]);
		if (err)
			programs[i] = NULL;
	}
	if (!err)
		err = libxdp_step_detach(hook, programs, count);
	for (i = 0; i < count; i++)
		xdp_program__close(programs[i]);
	if (!err)
		return 0;
	if (are_gone(hook, ids, count)) /* libxdp may have left the pins */
		return dispatcher_pins_remove(hook->main_id, LIBXDP_LOCK_TIMEOUT_MS);
	attach_say_not_detached(hook, ids[0], err);
	return err;
}

int attach_dispatcher_remove_all(const struct xdp_state *hook)
{
	struct xdp_multiprog *all;
	long err;

	libxdp_step_print();
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_get_error(all);
	if (!err) {
		err = xdp_multiprog__detach(all);
		xdp_multiprog__close(all);
	}
	if (!err)
		return attach_check_gone(hook, hook->main_id);
	if (are_gone(hook, hook->ids, hook->count)) /* the answer was lost */
		return dispatcher_pins_remove(hook->main_id, LIBXDP_LOCK_TIMEOUT_MS);
	attach_say_not_detached(hook, hook->main_id, err);
	return err;
}

static int take_result(const struct xdp_program *program, struct attach_result *result)
{
	result->id = xdp_program__id(program);
	result->fd = fcntl(xdp_program__fd(program), F_DUPFD_CLOEXEC, 3);
	return result->fd < 0 ? -errno : 0;
}

/* A copy of a loaded program, on the same maps, for libxdp to load behind its dispatcher; under
 * another @name unless that is NULL.
 */
struct copy {
	struct object object;
	struct xdp_program *program;
};

static int copy_open(struct copy *copy, const struct object *loaded, const char *name)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = NULL);
	long err;

	*copy = (struct copy){ 0 };
	err = object_open_again(loaded, &copy->object, name);
	if (err)
		return err;
	opts.prog_name = object_program_name(&copy->object);
	opts.obj = copy->object.bpf;
	copy->program = xdp_program__create(&opts);
	err = libxdp_get_error(copy->program);
	if (err)
		copy->program = NULL;
	return err;
}

static void copy_close(struct copy *copy)
{
	xdp_program__close(copy->program);
	object_close(&copy->object);
}

static int add_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			  enum attach_mode mode, struct attach_result *result)
{
	struct copy copy;
	int err;

	err = copy_open(&copy, request->object, NULL);
	log_take_kernel_message();
	if (!err)
		err = libxdp_step_attach(hook, &copy.program, 1, mode);
	if (!err)
		err = take_result(copy.program, result);
	copy_close(&copy);
	return err;
}

int attach_dispatcher_add_loaded(const struct xdp_state *hook, int fd, enum attach_mode mode)
{
	struct xdp_program *program = xdp_program__from_fd(fd);
	long err = libxdp_get_error(program);

	if (!err) {
		err = libxdp_step_attach(hook, &program, 1, mode);
		xdp_program__close(program);
	}
	return err;
}

static int add_in_mode(const struct xdp_state *hook, const struct attach_request *request,
		       enum attach_mode mode, struct attach_result *result)
{
	int err = add_dispatched(hook, request, mode == ATTACH_AUTO ? ATTACH_NATIVE : mode, result);

	if (err && mode == ATTACH_AUTO) {
		mode = ATTACH_SKB;
		err = add_dispatched(hook, request, mode, result);
	}
	if (err)
		attach_say_not_attached(hook, request, mode, err);
	return err;
}

/* All programs of a dispatcher run in one mode. */
static int change_dispatched_mode(const struct xdp_state *hook,
				  const struct attach_request *request,
				  struct attach_result *result)
{
	int err;

	if (hook->count > 1 || !request->old_id) {
		log_error("could not attach program %s to %s in %s mode: other programs share the "
			  "hook in %s mode; use that, or unload them first",
			  object_program_name(request->object), hook->device,
			  attach_mode_name(request->mode), attach_mode_name(hook->mode));
		return -EBUSY;
	}
	err = attach_dispatcher_remove(hook, &request->old_id, 1);
	if (err)
		return err;
	err = add_in_mode(hook, request, request->mode, result);
	if (err)
		attach_say_not_put_back(
			hook, attach_dispatcher_add_loaded(hook, request->old_fd, hook->mode));
	return err;
}

static int place_compare(const struct attach_place *a, const struct attach_place *b)
{
	return a->priority != b->priority ? (a->priority < b->priority ? -1 : 1) :
					    strcmp(a->name, b->name);
}

/* Makes of @first, the new program's place, the one right before it and the old program: a dot
 * sorts before all that a C name may have, and the kernel takes it.
 */
static void find_shim_place(const struct xdp_state *hook, __u32 old_id, struct attach_place *first)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == old_id && place_compare(&hook->places[i], first) < 0)
			*first = hook->places[i];
	first->name[strlen(first->name) - 1] = '.';
}

/* Who must see each packet, although it does not run before @shim: somebody else's program on
 * the hook, or 0. Of two at one place the one that is there already runs first.
 */
static __u32 find_behind(const struct xdp_state *hook, __u32 old_id,
			 const struct attach_place *shim)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] != old_id && place_compare(&hook->places[i], shim) > 0)
			return hook->ids[i];
	return 0;
}

/* No packet passes by both programs, or by none. The dispatcher takes programs in or lets them go
 * in one step each, but cannot exchange one for another. So the new one comes twice at once: as
 * itself, and as a shim before it and the old one, which ends the chain with whatever verdict.
 * From that step on the old one sees nothing more; then it and the shim go, in one step.
 */
static int exchange_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			       struct copy *copy, const struct attach_place *place,
			       struct attach_result *result)
{
	__u32 gone[2] = { request->old_id };
	struct xdp_program *both[2];
	struct copy shim;
	int action, err;

	err = copy_open(&shim, request->object, place->name);
	if (!err)
		err = xdp_program__set_run_prio(shim.program, place->priority);
	for (action = 0; action <= XDP_REDIRECT && !err; action++)
		err = xdp_program__set_chain_call_enabled(shim.program, action, false);
	both[0] = shim.program;
	both[1] = copy->program;
	if (!err)
		err = libxdp_step_attach(hook, both, 2, hook->mode);
	if (err) {
		attach_say_not_attached(hook, request, hook->mode, err);
		goto out;
	}
	gone[1] = xdp_program__id(shim.program);
	err = take_result(copy->program, result);
	if (!err)
		err = attach_dispatcher_remove(hook, gone, 2);
	if (err) {
		gone[0] = xdp_program__id(copy->program);
		attach_dispatcher_remove(hook, gone, 2);
	}
out:
	copy_close(&shim);
	return err;
}

/* Attaches the new program before it detaches the old one. No packet misses both; for a moment both
 * see each packet. @behind: the program because of which this is necessary, or 0.
 */
static int overlap_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			      struct copy *copy, __u32 behind, struct attach_result *result)
{
	const double start = clock_now();
	long ms;
	int err;

	err = libxdp_step_attach(hook, &copy->program, 1, hook->mode);
	if (err) {
		attach_say_not_attached(hook, request, hook->mode, err);
		return err;
	}
	err = take_result(copy->program, result);
	if (!err)
		err = attach_dispatcher_remove(hook, &request->old_id, 1);
	if (err) {
		__u32 id = xdp_program__id(copy->program);

		attach_dispatcher_remove(hook, &id, 1);
		return err;
	}
	ms = (long)((clock_now() - start) * 1e3) + 1;
	if (behind)
		log_warn("packets on %s may have been counted twice for up to %ld ms: program %u "
			 "(%s) does not run before ours, and must see them all",
			 hook->device, ms, behind, xdp_state_name(hook, behind));
	else
		log_warn("packets on %s may have been counted twice for up to %ld ms: libxdp's "
			 "dispatcher has no place left to exchange the programs at once",
			 hook->device, ms);
	return 0;
}

static int replace_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			      struct attach_result *result)
{
	struct attach_place place;
	struct copy copy;
	__u32 behind;
	int err;

	log_take_kernel_message();
	err = copy_open(&copy, request->object, NULL);
	if (err) {
		attach_say_not_attached(hook, request, hook->mode, err);
		goto out;
	}
	place = place_of(copy.program);
	find_shim_place(hook, request->old_id, &place);
	behind = find_behind(hook, request->old_id, &place);
	err = behind || hook->count + 2 > ATTACH_MAX_PROGRAMS ?
		      overlap_dispatched(hook, request, &copy, behind, result) :
		      exchange_dispatched(hook, request, &copy, &place, result);
out:
	copy_close(&copy);
	return err;
}

int attach_dispatcher(const struct xdp_state *hook, const struct attach_request *request,
		      struct attach_result *result)
{
	enum attach_mode mode = request->mode;

	libxdp_step_print();
	if (hook->main_id && mode == ATTACH_AUTO)
		mode = hook->mode;
	if (hook->main_id && mode != hook->mode)
		return change_dispatched_mode(hook, request, result);
	return request->old_id ? replace_dispatched(hook, request, result) :
				 add_in_mode(hook, request, mode, result);
}

/* The old program comes before the new one goes, unless they need two modes: only one can be in
 * use.
 */
int attach_dispatcher_put_back(const struct xdp_state *before, const struct xdp_state *now,
			       const struct attach_request *request,
			       const struct attach_result *result)
{
	bool remove_first = before->mode != now->mode;
	int err = remove_first ? attach_dispatcher_remove(now, &result->id, 1) : 0;

	if (!err && request->old_id)
		err = attach_dispatcher_add_loaded(before, request->old_fd, before->mode);
	return err || remove_first ? err : attach_dispatcher_remove(now, &result->id, 1);
}
