// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_say.h"

#include <errno.h>
#include <string.h>

#include "attach_advice.h"
#include "attach_retry.h"
#include "log.h"

void attach_say_not_attached(const struct xdp_state *hook, const struct attach_request *request,
			     enum attach_mode mode, int err)
{
	const char *kernel = log_take_kernel_message();
	const char *reason = *kernel		? kernel :
			     err == -EOPNOTSUPP ? "the driver has no XDP of its own" :
						  NULL;
	char advice[ATTACH_ADVICE_SIZE];

	if (err == ATTACH_CHANGES_PACKETS) {
		log_error(
			"could not attach program %s to %s through libxdp's dispatcher: it "
			"changes packets, which the dispatcher does not let it do on this kernel; "
			"take libxdp 1.5.5 or later, or detach the other programs on %s and give "
			"--direct",
			object_program_name(request->object), hook->device, hook->device);
		return;
	}
	log_error("could not attach program %s to %s in %s mode: %s%s%s%s%s",
		  object_program_name(request->object), hook->device, attach_mode_name(mode),
		  reason ? reason : "", reason ? " (" : "", strerror(-err), reason ? ")" : "",
		  attach_advise(hook, request, mode, kernel, err, advice));
}

void attach_say_not_detached(const struct xdp_state *hook, __u32 id, int err)
{
	const char *kernel = log_take_kernel_message();
	char advice[ATTACH_ADVICE_SIZE];

	log_error("could not detach program %u from %s: %s%s%s%s%s", id, hook->device, kernel,
		  *kernel ? " (" : "", strerror(-err), *kernel ? ")" : "",
		  attach_advise(hook, NULL, hook->mode, kernel, err, advice));
}

void attach_say_not_put_back(const struct xdp_state *hook, int err)
{
	if (err)
		log_error("could not put back what ran on %s before: %s", hook->device,
			  strerror(-err));
}
