// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_retry.h"

bool attach_retry_in_skb(int err)
{
	return err && err != -EPERM && err != -ENODEV && err != -EEXIST && err != -EBUSY &&
	       err != ATTACH_CHANGES_PACKETS;
}

bool attach_retry_is_possible(const struct xdp_state *hook, const struct attach_request *request,
			      enum attach_mode mode, int err)
{
	bool is_alone = !hook->count || (hook->count == 1 && request->old_id);

	if (!is_alone)
		return false;
	return err == ATTACH_CHANGES_PACKETS ||
	       (request->mode == ATTACH_AUTO && mode == ATTACH_NATIVE && attach_retry_in_skb(err));
}
