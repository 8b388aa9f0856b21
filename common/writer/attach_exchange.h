/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Our program behind libxdp's dispatcher, exchanged for another one. */
#ifndef ATTACH_EXCHANGE_H
#define ATTACH_EXCHANGE_H

#include "attach.h"

/* Attaches the request's program in place of request->old_id. Each packet is seen by one of the
 * two, and by one alone, if the dispatcher has room for two more and no other program has to see
 * each packet after ours. Otherwise a warning says for how long that was not so. A full dispatcher
 * needs request->force: then the old program goes first. Returns 0, or -errno with a message.
 */
int attach_exchange(const struct xdp_state *hook, const struct attach_request *request,
		    struct attach_result *result);

#endif /* ATTACH_EXCHANGE_H */
