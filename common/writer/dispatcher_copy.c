// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "dispatcher_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "attach_retry.h"
#include "libxdp_step.h"
#include "log.h"
#include "xdp_stats_record.h"

struct attach_place dispatcher_copy_place(const struct xdp_program *program)
{
	struct attach_place place = { .priority = xdp_program__run_prio(program) };
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (xdp_program__chain_call_enabled(program, action) > 0)
			place.goes_on_after |= 1U << action;
	snprintf(place.name, sizeof(place.name), "%s", xdp_program__name(program));
	return place;
}

int dispatcher_copy_result(const struct dispatcher_copy *copy, struct attach_result *result)
{
	const struct xdp_program *program = copy->program;

	result->id = xdp_program__id(program);
	result->fd = fcntl(xdp_program__fd(program), F_DUPFD_CLOEXEC, 3);
	return result->fd < 0 ? -errno : 0;
}

/* Sets the place that the request gives; else the object's own metadata counts. */
static int set_place(struct xdp_program *program, const struct attach_request *request)
{
	int action, err = 0;

	if (request->order.priority)
		err = xdp_program__set_run_prio(program, request->order.priority);
	for (action = 0; action < XDP_ACTION_MAX && request->order.sets_actions && !err; action++)
		err = xdp_program__set_chain_call_enabled(
			program, action, request->order.goes_on_after >> action & 1);
	return err;
}

int dispatcher_copy_open(struct dispatcher_copy *copy, const struct attach_request *request,
			 const char *name)
{
	const struct object *loaded = request->object;
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = NULL);
	long err;

	*copy = (struct dispatcher_copy){ 0 };
	err = object_open_again(loaded, &copy->object, name);
	if (err)
		return err;
	opts.prog_name = object_program_name(&copy->object);
	opts.obj = copy->object.bpf;
	errno = 0;
	copy->program = xdp_program__create(&opts);
	err = libxdp_step_error(copy->program);
	if (err)
		copy->program = NULL;
	return err ? err : set_place(copy->program, request);
}

/* Prints why the verifier has refused the copy, if it has. Returns @err, or what it means. */
static int explain_refusal(const struct dispatcher_copy *copy, int err)
{
	const char *log = copy->object.verifier_log;

	if (!*log || xdp_program__fd(copy->program) >= 0)
		return err;
	if (strstr(log, "changes packet data"))
		return ATTACH_CHANGES_PACKETS;
	log_error("could not load program %s for libxdp's dispatcher: %s; what the verifier says "
		  "of it:",
		  object_program_name(&copy->object), strerror(-err));
	log_lines(log);
	return err;
}

int dispatcher_copy_attach(const struct xdp_state *hook, struct dispatcher_copy *const *copies,
			   size_t count, enum attach_mode mode)
{
	struct xdp_program *programs[ATTACH_MAX_PROGRAMS];
	size_t i;
	int err;

	for (i = 0; i < count; i++)
		programs[i] = copies[i]->program;
	err = libxdp_step_attach(hook, programs, count, mode);
	return err ? explain_refusal(copies[0], err) : 0;
}

void dispatcher_copy_close(struct dispatcher_copy *copy)
{
	xdp_program__close(copy->program);
	object_close(&copy->object);
}
