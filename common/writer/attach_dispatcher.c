// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_dispatcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include "attach_exchange.h"
#include "attach_retry.h"
#include "attach_say.h"
#include "bpffs.h"
#include "dispatcher_copy.h"
#include "dispatcher_pins.h"
#include "libxdp_pins.h"
#include "libxdp_step.h"
#include "log.h"

/* 0; -EAGAIN, without a message, if somebody has replaced what the hook says; or another -errno. */
static int check_still_there(const struct xdp_state *hook)
{
	struct xdp_state now = *hook;
	int err = attach_query_main(&now);

	return err ? err : now.main_id == hook->main_id ? 0 : -EAGAIN;
}

/* 0; -EIO if libxdp could not find out what is there: then it has a program without an ID, or a
 * dispatcher without programs; or as check_still_there().
 */
static int take_programs(struct xdp_state *hook, struct xdp_multiprog *all)
{
	struct xdp_program *one = NULL;
	int err;

	hook->dispatcher = !xdp_multiprog__is_legacy(all);
	hook->count = 0;
	while ((one = xdp_multiprog__next_prog(one, all)) && hook->count < ATTACH_MAX_PROGRAMS) {
		if (!xdp_program__id(one))
			return -EIO;
		hook->places[hook->count] = dispatcher_copy_place(one);
		snprintf(hook->names[hook->count], sizeof(hook->names[0]), "%s",
			 xdp_program__name(one));
		hook->ids[hook->count++] = xdp_program__id(one);
	}
	if (hook->dispatcher)
		return hook->count ? 0 : -EIO;
	err = check_still_there(hook);
	if (err)
		return err;
	strcpy(hook->names[hook->count], ATTACH_DISPATCHER_NAME);
	hook->ids[hook->count++] = hook->main_id;
	return 0;
}

int attach_dispatcher_list(struct xdp_state *hook)
{
	struct xdp_multiprog *all;
	int err;

	if (!dispatcher_pins_are_safe()) {
		log_error("could not list the programs of libxdp's dispatcher on %s: another user "
			  "is in the way of libxdp's folder, see 'ls -ld " BPFFS_PATH "/xdp'",
			  hook->device);
		return -EUCLEAN;
	}
	libxdp_step_print();
	errno = 0;
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_step_error(all);
	/* What it cannot read it takes for somebody else's dispatcher: of that it would have no
	 * pins.
	 */
	if (!err && xdp_multiprog__is_legacy(all) &&
	    libxdp_pins_may_have(hook->ifindex, hook->main_id)) {
		xdp_multiprog__close(all);
		err = -EIO;
	}
	if (!err) {
		err = take_programs(hook, all);
		xdp_multiprog__close(all);
		if (err != -EIO)
			return err;
	}
	log_error("could not list the programs of libxdp's dispatcher on %s: %s; is the BPF "
		  "filesystem that they were loaded under still mounted? If its pins there are "
		  "damaged, 'ip link set dev %s %s off' detaches them all",
		  hook->device, strerror(-err), hook->device,
		  hook->mode == ATTACH_SKB ? "xdpgeneric" : "xdpdrv");
	return err;
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
		errno = 0;
		programs[i] = xdp_program__from_id(ids[i]);
		err = libxdp_step_error(programs[i]);
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
	errno = 0;
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_step_error(all);
	if (!err) {
		err = xdp_multiprog__detach(all);
		xdp_multiprog__close(all);
	}
	if (!err)
		return attach_check_gone(hook, &hook->main_id, 1);
	if (are_gone(hook, hook->ids, hook->count)) /* the answer was lost */
		return dispatcher_pins_remove(hook->main_id, LIBXDP_LOCK_TIMEOUT_MS);
	attach_say_not_detached(hook, hook->main_id, err);
	return err;
}

static int add_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			  enum attach_mode mode, struct attach_result *result)
{
	struct dispatcher_copy copy, *const copies[] = { &copy };
	int err;

	err = dispatcher_copy_open(&copy, request, NULL);
	log_take_kernel_message();
	if (!err)
		err = dispatcher_copy_attach(hook, copies, 1, mode);
	if (!err)
		err = dispatcher_copy_result(&copy, result);
	dispatcher_copy_close(&copy);
	return err;
}

int attach_dispatcher_add_loaded(const struct xdp_state *hook, int fd, enum attach_mode mode)
{
	struct xdp_program *program;
	int err;

	errno = 0;
	program = xdp_program__from_fd(fd);
	err = libxdp_step_error(program);
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

	if (mode == ATTACH_AUTO && attach_retry_in_skb(err)) {
		mode = ATTACH_SKB;
		err = add_dispatched(hook, request, mode, result);
	}
	if (err && !attach_retry_is_possible(hook, request, mode, err))
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

int attach_dispatcher(const struct xdp_state *hook, const struct attach_request *request,
		      struct attach_result *result)
{
	struct attach_request in_skb = *request;
	enum attach_mode mode = request->mode;
	int err;

	in_skb.mode = ATTACH_SKB;
	libxdp_step_print();
	if (hook->main_id && mode == ATTACH_AUTO)
		mode = hook->mode;
	if (hook->main_id && mode != hook->mode)
		return change_dispatched_mode(hook, request, result);
	if (!request->old_id)
		return add_in_mode(hook, request, mode, result);
	err = attach_exchange(hook, request, result);
	if (!err || err == ATTACH_CHANGES_PACKETS ||
	    !attach_retry_is_possible(hook, request, mode, err))
		return err;
	return change_dispatched_mode(hook, &in_skb, result);
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
