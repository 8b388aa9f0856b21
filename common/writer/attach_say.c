// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_say.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "log.h"

void attach_say_not_attached(const struct xdp_state *hook, const char *program,
			     enum attach_mode mode, int err)
{
	const char *kernel = log_take_kernel_message();
	const char *reason = *kernel		? kernel :
			     err == -EOPNOTSUPP ? "the driver has no XDP of its own" :
						  NULL;
	const char *todo = err == -EPERM  ? log_missing_right(err, "CAP_NET_ADMIN") :
			   err == -ENODEV ? "; the device is gone, see 'ip link'" :
			   err == -EEXIST || err == -EBUSY ?
					    "; another program came in between, try again" :
			   mode == ATTACH_NATIVE ? "; try --auto-mode or --skb-mode" :
						   "; see 'ip -d link' for what the device is";

	log_error("could not attach program %s to %s in %s mode: %s%s%s%s%s", program, hook->device,
		  attach_mode_name(mode), reason ? reason : "", reason ? " (" : "", strerror(-err),
		  reason ? ")" : "", todo);
}

void attach_say_not_put_back(const struct xdp_state *hook, int err)
{
	if (err)
		log_error("could not put back what ran on %s before: %s", hook->device,
			  strerror(-err));
}
