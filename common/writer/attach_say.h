/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said when the hook does not do what it should. */
#ifndef ATTACH_SAY_H
#define ATTACH_SAY_H

#include "attach.h"

/* The program could not be attached in that mode, which @request may leave open; or program @id not
 * detached: @err, the kernel's own reason, and what to do.
 */
void attach_say_not_attached(const struct xdp_state *hook, const struct attach_request *request,
			     enum attach_mode mode, int err);
void attach_say_not_detached(const struct xdp_state *hook, __u32 id, int err);

/* What was there could not be attached again; nothing if @err is 0. */
void attach_say_not_put_back(const struct xdp_state *hook, int err);

#endif /* ATTACH_SAY_H */
