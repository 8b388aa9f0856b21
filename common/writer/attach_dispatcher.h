/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several programs on one hook, through libxdp's dispatcher. It needs a kernel that lets one
 * program replace a function of another (freplace).
 */
#ifndef ATTACH_DISPATCHER_H
#define ATTACH_DISPATCHER_H

#include <stdbool.h>

#include "attach.h"

/* libxdp gives its dispatcher this name; prog_dispatcher.h of libxdp-dev has no constant for it. */
#define ATTACH_DISPATCHER_NAME "xdp_dispatcher"

/* Whether the kernel has freplace: tries it, with the program of @object and the function that
 * libxdp would use.
 */
bool attach_dispatcher_is_possible(const struct object *object);

/* Fills the hook with the dispatcher's programs, in their order. Returns 0; -EAGAIN without a
 * message if it was replaced meanwhile; or another -errno with a message.
 */
int attach_dispatcher_list(struct xdp_state *hook);

/* As attach_program(). */
int attach_dispatcher(const struct xdp_state *hook, const struct attach_request *request,
		      struct attach_result *result);

/* Adds a program that is loaded already. 0 or -errno, without a message. */
int attach_dispatcher_add_loaded(const struct xdp_state *hook, int fd, enum attach_mode mode);

/* Detaches the @count programs in one step. attach_dispatcher_remove_all() detaches every program.
 * Returns 0, or -errno with a message.
 */
int attach_dispatcher_remove(const struct xdp_state *hook, const __u32 *ids, size_t count);
int attach_dispatcher_remove_all(const struct xdp_state *hook);

/* Goes from @now back to @before. Returns 0 or -errno, without a message. */
int attach_dispatcher_put_back(const struct xdp_state *before, const struct xdp_state *now,
			       const struct attach_request *request,
			       const struct attach_result *result);

#endif /* ATTACH_DISPATCHER_H */
