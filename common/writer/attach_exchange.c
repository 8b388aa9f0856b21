// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xdp/libxdp.h>

#include "attach_dispatcher.h"
#include "attach_retry.h"
#include "attach_say.h"
#include "clock.h"
#include "dispatcher_copy.h"
#include "join.h"
#include "log.h"

static int place_compare(const struct attach_place *a, const struct attach_place *b)
{
	return a->priority != b->priority ? (a->priority < b->priority ? -1 : 1) :
					    strcmp(a->name, b->name);
}

/* Changes @first, the new program's place, to one right before both it and the old program: a dot
 * sorts before any character of a C name, and the kernel accepts it.
 */
static void find_shim_place(const struct xdp_state *hook, __u32 old_id, struct attach_place *first)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == old_id && place_compare(&hook->places[i], first) < 0)
			*first = hook->places[i];
	first->name[strlen(first->name) - 1] = '.';
}

/* Returns somebody else's program that must see each packet, although it does not run before @shim;
 * or 0. Of two at one place the one that is there already runs first.
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

/* Prints nothing yet if there is another way. */
static void say_not_attached(const struct xdp_state *hook, const struct attach_request *request,
			     int err)
{
	if (!attach_retry_is_possible(hook, request, hook->mode, err))
		attach_say_not_attached(hook, request, hook->mode, err);
}

/* No packet passes by both programs, or by none. The dispatcher takes programs in or lets them go
 * in one step each, but cannot exchange one for another. So the new one comes twice at once: as
 * itself, and as a shim before it and the old one, which ends the chain with whatever verdict.
 * From that step on the old one sees nothing more; then it and the shim go, in one step.
 */
static int exchange_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			       struct dispatcher_copy *copy, const struct attach_place *place,
			       struct attach_result *result)
{
	__u32 gone[2] = { request->old_id };
	struct dispatcher_copy shim, *const both[2] = { &shim, copy };
	int action, err;

	err = dispatcher_copy_open(&shim, request, place->name);
	if (!err)
		err = xdp_program__set_run_prio(shim.program, place->priority);
	for (action = 0; action <= XDP_REDIRECT && !err; action++)
		err = xdp_program__set_chain_call_enabled(shim.program, action, false);
	if (!err)
		err = dispatcher_copy_attach(hook, both, 2, hook->mode);
	if (err) {
		say_not_attached(hook, request, err);
		goto out;
	}
	gone[1] = xdp_program__id(shim.program);
	err = dispatcher_copy_result(copy, result);
	if (!err)
		err = attach_dispatcher_remove(hook, gone, 2);
	if (err) {
		gone[0] = xdp_program__id(copy->program);
		attach_dispatcher_remove(hook, gone, 2);
	}
out:
	dispatcher_copy_close(&shim);
	return err;
}

/* Attaches the new program before it detaches the old one. No packet misses both; for a moment both
 * see each packet. @behind: the program because of which this is necessary, or 0.
 */
static int overlap_dispatched(const struct xdp_state *hook, const struct attach_request *request,
			      struct dispatcher_copy *copy, __u32 behind,
			      struct attach_result *result)
{
	const double start = clock_now();
	long ms;
	int err;

	err = dispatcher_copy_attach(hook, &copy, 1, hook->mode);
	if (err) {
		say_not_attached(hook, request, err);
		return err;
	}
	err = dispatcher_copy_result(copy, result);
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

/* The names of the programs on the hook, for a message. */
static const char *list_names(const struct xdp_state *hook, char *names, size_t size)
{
	size_t i;

	*names = '\0';
	for (i = 0; i < hook->count; i++)
		join_add(names, size, "%s (%u)", xdp_state_name(hook, hook->ids[i]), hook->ids[i]);
	return names;
}

/* The dispatcher is full. With request->force the old program is removed first. */
static int exchange_in_full(const struct xdp_state *hook, const struct attach_request *request,
			    struct dispatcher_copy *copy, struct attach_result *result)
{
	const double start = clock_now();
	char names[1024];
	int err;

	if (!request->force) {
		log_error("could not attach program %s to %s: libxdp's dispatcher there is full, "
			  "with %s; unload one of them, or give --force to remove our old program "
			  "first: packets then pass uncounted for a moment",
			  object_program_name(request->object), hook->device,
			  list_names(hook, names, sizeof(names)));
		return -E2BIG;
	}
	err = attach_dispatcher_remove(hook, &request->old_id, 1);
	if (err)
		return err;
	err = dispatcher_copy_attach(hook, &copy, 1, hook->mode);
	if (!err)
		err = dispatcher_copy_result(copy, result);
	if (err) {
		say_not_attached(hook, request, err);
		attach_say_not_put_back(
			hook, attach_dispatcher_add_loaded(hook, request->old_fd, hook->mode));
		return err;
	}
	log_warn("packets on %s may have passed uncounted for up to %ld ms: libxdp's dispatcher "
		 "was full",
		 hook->device, (long)((clock_now() - start) * 1e3) + 1);
	return 0;
}

int attach_exchange(const struct xdp_state *hook, const struct attach_request *request,
		    struct attach_result *result)
{
	struct attach_place place;
	struct dispatcher_copy copy;
	__u32 behind;
	int err;

	log_take_kernel_message();
	err = dispatcher_copy_open(&copy, request, NULL);
	if (err) {
		say_not_attached(hook, request, err);
		goto out;
	}
	place = dispatcher_copy_place(copy.program);
	find_shim_place(hook, request->old_id, &place);
	behind = find_behind(hook, request->old_id, &place);
	if (hook->count >= ATTACH_MAX_PROGRAMS)
		err = exchange_in_full(hook, request, &copy, result);
	else if (behind || hook->count + 2 > ATTACH_MAX_PROGRAMS)
		err = overlap_dispatched(hook, request, &copy, behind, result);
	else
		err = exchange_dispatched(hook, request, &copy, &place, result);
out:
	dispatcher_copy_close(&copy);
	return err;
}
