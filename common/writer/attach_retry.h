/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a program that could not be attached can be attached in another way. */
#ifndef ATTACH_RETRY_H
#define ATTACH_RETRY_H

#include <errno.h>
#include <stdbool.h>

#include "attach.h"

/* The kernel refuses a program that changes packets behind libxdp's dispatcher, which does not
 * declare that its programs do (libxdp before 1.5.5, Linux 6.12 and later).
 */
#define ATTACH_CHANGES_PACKETS (-EPROTO)

/* Whether skb mode may work after error @err in native mode. */
bool attach_retry_in_skb(int err);

/* Whether attach_program() has another way after error @err of the dispatcher in @mode: another
 * mode, or to attach directly. Then no error is printed yet. It has one only if no other program is
 * on the hook.
 */
bool attach_retry_is_possible(const struct xdp_state *hook, const struct attach_request *request,
			      enum attach_mode mode, int err);

#endif /* ATTACH_RETRY_H */
