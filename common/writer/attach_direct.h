/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program on the hook, by netlink: each step names the program that it expects to find there.
 */
#ifndef ATTACH_DIRECT_H
#define ATTACH_DIRECT_H

#include "attach.h"

/* As attach_program() and attach_remove(). */
int attach_direct(const struct xdp_state *hook, const struct attach_request *request,
		  struct attach_result *result);
int attach_direct_remove(const struct xdp_state *hook, bool force);

/* One netlink request: program @fd takes the place of @old_fd, -1 being an empty hook in both. Its
 * answer may be lost when the work is done: so after an error the kernel is asked what is there. 0
 * or -errno, without a message.
 */
int attach_direct_replace(int ifindex, int fd, int old_fd, enum attach_mode mode);

/* The same from hook->mode to another: native and skb mode are two hooks, of which the kernel lets
 * only one be in use, so that this cannot be one step. If it fails, what was there comes back.
 */
int attach_direct_replace_in_other_mode(const struct xdp_state *hook, int fd, int old_fd,
					enum attach_mode mode);

#endif /* ATTACH_DIRECT_H */
