/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Our program behind libxdp's dispatcher, exchanged for another one. */
#ifndef ATTACH_EXCHANGE_H
#define ATTACH_EXCHANGE_H

#include "attach.h"

/* Attaches the request's program in place of request->old_id. No packet misses both or is seen by
 * both, where the dispatcher has room for two more and no other program has to see each packet
 * behind ours; else a warning says for how long they may have been. If the dispatcher is full, it
 * takes request->force: the old program goes first. Returns 0, or -errno with a message.
 */
int attach_exchange(const struct xdp_state *hook, const struct attach_request *request,
		    struct attach_result *result);

#endif /* ATTACH_EXCHANGE_H */
