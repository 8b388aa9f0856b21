/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A copy of a loaded program, on the same maps, for libxdp to load behind its dispatcher. */
#ifndef DISPATCHER_COPY_H
#define DISPATCHER_COPY_H

#include <xdp/libxdp.h>

#include "attach.h"

struct dispatcher_copy {
	struct object object;
	struct xdp_program *program;
};

/* Opens a copy of the request's program, with the priority and the actions that it asks for; under
 * another @name unless that is NULL. Returns 0; or -errno, with a message for some. Call
 * dispatcher_copy_close() in any case.
 */
int dispatcher_copy_open(struct dispatcher_copy *copy, const struct attach_request *request,
			 const char *name);
void dispatcher_copy_close(struct dispatcher_copy *copy);

/* Adds the @count copies to the dispatcher in one step. Returns 0, or -errno, which may be
 * ATTACH_CHANGES_PACKETS (attach_retry.h). Prints a message only if the verifier has refused one.
 */
int dispatcher_copy_attach(const struct xdp_state *hook, struct dispatcher_copy *const *copies,
			   size_t count, enum attach_mode mode);

/* Sets the ID and the descriptor of the result to those of the copy, which libxdp has loaded. 0 or
 * -errno.
 */
int dispatcher_copy_result(const struct dispatcher_copy *copy, struct attach_result *result);

/* Where libxdp puts the program. */
struct attach_place dispatcher_copy_place(const struct xdp_program *program);

#endif /* DISPATCHER_COPY_H */
