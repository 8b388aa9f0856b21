// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_say.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "attach_retry.h"
#include "device_xdp.h"
#include "log.h"

/* The kernel refuses because of what is there: has somebody changed it just now, or is it a program
 * on a device above, which keeps this one as it is?
 */
static void advise_on_busy(const struct xdp_state *hook, char *todo, size_t size)
{
	char above[IF_NAMESIZE];
	struct device_xdp now;

	if (!device_xdp_query(hook->ifindex, &now) && device_xdp_main(&now) != hook->main_id)
		snprintf(todo, size, "; another program came in between, try again");
	else if (!device_xdp_find_above(hook->ifindex, above))
		snprintf(todo, size,
			 "; %s, which is above %s, has an XDP program: while it has, nothing "
			 "changes below; take that one off first, and attach it again afterwards",
			 above, hook->device);
	else
		snprintf(todo, size, "; see 'bpftool net show' and 'bpftool link show'");
}

static const char *advise(const struct xdp_state *hook, int err, char *todo, size_t size)
{
	*todo = '\0';
	if (err == -EPERM)
		return log_missing_right(err, "CAP_NET_ADMIN");
	if (err == -ENODEV)
		return "; the device is gone, see 'ip link'";
	if (err == -ENOMEM)
		return "; free some memory first";
	if (err == -EEXIST || err == -EBUSY)
		advise_on_busy(hook, todo, size);
	return todo;
}

/* What other programs behind the dispatcher have to do with it. */
static const char *advise_on_others(const struct xdp_state *hook,
				    const struct attach_request *request, enum attach_mode mode,
				    char *todo, size_t size)
{
	size_t own = request->old_id ? 1 : 0;

	if (!hook->dispatcher || hook->count == own)
		return "";
	if (hook->count == ATTACH_MAX_PROGRAMS)
		return "; libxdp's dispatcher there is full: unload one of its programs first";
	if (mode != ATTACH_NATIVE)
		return "";
	snprintf(todo, size,
		 "; skb mode is possible only if no other program is on %s: unload the others "
		 "first",
		 hook->device);
	return todo;
}

void attach_say_not_attached(const struct xdp_state *hook, const struct attach_request *request,
			     enum attach_mode mode, int err)
{
	const char *kernel = log_take_kernel_message();
	const char *reason = *kernel		? kernel :
			     err == -EOPNOTSUPP ? "the driver has no XDP of its own" :
						  NULL;
	char text[256];
	const char *todo = advise(hook, err, text, sizeof(text));

	if (err == ATTACH_CHANGES_PACKETS) {
		log_error(
			"could not attach program %s to %s through libxdp's dispatcher: it "
			"changes packets, which the dispatcher does not let it do on this kernel; "
			"take libxdp 1.5.5 or later, or detach the other programs on %s and give "
			"--direct",
			object_program_name(request->object), hook->device, hook->device);
		return;
	}
	if (!*todo)
		todo = advise_on_others(hook, request, mode, text, sizeof(text));
	if (!*todo)
		todo = mode == ATTACH_NATIVE && request->mode != ATTACH_AUTO ?
			       "; try --auto-mode or --skb-mode" :
			       "; see 'ip -d link' for what the device is";
	log_error("could not attach program %s to %s in %s mode: %s%s%s%s%s",
		  object_program_name(request->object), hook->device, attach_mode_name(mode),
		  reason ? reason : "", reason ? " (" : "", strerror(-err), reason ? ")" : "",
		  todo);
}

void attach_say_not_detached(const struct xdp_state *hook, __u32 id, int err)
{
	const char *kernel = log_take_kernel_message();
	char text[256];

	log_error("could not detach program %u from %s: %s%s%s%s%s", id, hook->device, kernel,
		  *kernel ? " (" : "", strerror(-err), *kernel ? ")" : "",
		  advise(hook, err, text, sizeof(text)));
}

void attach_say_not_put_back(const struct xdp_state *hook, int err)
{
	if (err)
		log_error("could not put back what ran on %s before: %s", hook->device,
			  strerror(-err));
}
