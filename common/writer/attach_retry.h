/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a program that could not be attached can be attached in another way. */
#ifndef ATTACH_RETRY_H
#define ATTACH_RETRY_H

#include <errno.h>
#include <stdbool.h>

#include "attach.h"

/* The kernel refuses the program behind libxdp's dispatcher: it changes packets, and the dispatcher
 * does not say that its programs do (libxdp before 1.5.5, Linux 6.12 and later).
 */
#define ATTACH_CHANGES_PACKETS (-EPROTO)

/* After error @err in native mode: whether skb mode may do. */
bool attach_retry_in_skb(int err);

/* After error @err of the dispatcher in that mode: whether attach_program() tries another mode, or
 * attaches directly, so that nothing is to be said yet. It does so only if no other program is on
 * the hook.
 */
bool attach_retry_is_possible(const struct xdp_state *hook, const struct attach_request *request,
			      enum attach_mode mode, int err);

#endif /* ATTACH_RETRY_H */
