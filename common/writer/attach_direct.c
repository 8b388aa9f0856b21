// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_direct.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach_retry.h"
#include "attach_say.h"
#include "bpf_info.h"
#include "device_xdp.h"
#include "log.h"
#include "xdp_links.h"

static __u32 mode_flag(enum attach_mode mode)
{
	return mode == ATTACH_NATIVE	? XDP_FLAGS_DRV_MODE :
	       mode == ATTACH_OFFLOADED ? XDP_FLAGS_HW_MODE :
					  XDP_FLAGS_SKB_MODE;
}

/* Takes a program off that a bpf_link holds, as netlink refuses to. 0: it was held and is off;
 * -ENOENT: no link holds it; another -errno: with a message.
 */
static int detach_link(const struct xdp_state *hook, bool force)
{
	struct xdp_links links = { 0 };
	__u32 link_id = xdp_links_find(&links, hook->main_id, hook->ifindex);
	int fd = link_id ? bpf_link_get_fd_by_id(link_id) : -ENOENT, err = 0;

	xdp_links_free(&links);
	if (fd < 0)
		return -ENOENT; /* also: gone in between */
	if (!force) {
		log_error("could not detach program %u (%s) from %s: bpf_link %u holds it; end the "
			  "process that made the link, or give --force to detach the link",
			  hook->main_id, xdp_state_name(hook, hook->main_id), hook->device,
			  link_id);
		err = -EBUSY;
	} else if (bpf_link_detach(fd)) {
		err = -errno;
		log_error("could not detach bpf_link %u from %s: %s", link_id, hook->device,
			  strerror(-err));
	}
	close(fd);
	return err;
}

/* Whether program @fd is on the hook in this mode; -1: whether the hook is empty. */
static bool is_in_place(int ifindex, int fd, enum attach_mode mode)
{
	struct bpf_prog_info info = { 0 };
	struct device_xdp xdp;

	if ((fd >= 0 && bpf_info_program(fd, &info)) || device_xdp_query(ifindex, &xdp))
		return false;
	return info.id == (mode == ATTACH_NATIVE    ? xdp.native :
			   mode == ATTACH_OFFLOADED ? xdp.offloaded :
						      xdp.skb);
}

int attach_direct_replace(int ifindex, int fd, int old_fd, enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = old_fd);
	__u32 flags = mode_flag(mode) |
		      (old_fd < 0 ? XDP_FLAGS_UPDATE_IF_NOEXIST : XDP_FLAGS_REPLACE);
	int err = bpf_xdp_attach(ifindex, fd, flags, old_fd < 0 ? NULL : &opts);

	return err && is_in_place(ifindex, fd, mode) ? 0 : err;
}

/* The hook was emptied for @fd. If that cannot be attached, puts back what was there. */
static int replace_from_empty(const struct xdp_state *hook, int fd, int old_fd,
			      enum attach_mode mode)
{
	int err = attach_direct_replace(hook->ifindex, fd, -1, mode);

	if (err)
		attach_say_not_put_back(
			hook, attach_direct_replace(hook->ifindex, old_fd, -1, hook->mode));
	return err;
}

int attach_direct_replace_in_other_mode(const struct xdp_state *hook, int fd, int old_fd,
					enum attach_mode mode)
{
	int err = attach_direct_replace(hook->ifindex, -1, old_fd, hook->mode);

	return err ? err : replace_from_empty(hook, fd, old_fd, mode);
}

static int replace_in_mode(const struct xdp_state *hook, int fd, int old_fd, enum attach_mode mode)
{
	return old_fd >= 0 && mode != hook->mode ?
		       attach_direct_replace_in_other_mode(hook, fd, old_fd, mode) :
		       attach_direct_replace(hook->ifindex, fd, old_fd, mode);
}

int attach_direct(const struct xdp_state *hook, const struct attach_request *request,
		  struct attach_result *result)
{
	int fd = object_program_fd(request->object), old_fd = -1, err;
	enum attach_mode mode = request->mode;
	bool said = false;

	log_take_kernel_message(); /* of an earlier failure */
	if (hook->main_id) {
		old_fd = attach_open_program(hook, hook->main_id);
		if (old_fd < 0) {
			attach_say_not_attached(hook, request, mode, old_fd);
			return old_fd;
		}
		result->before_fd = old_fd;
		result->before_dispatcher = hook->dispatcher ? hook->main_id : 0;
	}
	if (mode == ATTACH_AUTO)
		mode = hook->main_id ? hook->mode : ATTACH_NATIVE;
	err = replace_in_mode(hook, fd, old_fd, mode);
	if (request->mode == ATTACH_AUTO && mode == ATTACH_NATIVE && attach_retry_in_skb(err) &&
	    !object_is_bound_to_device(request->object)) {
		mode = ATTACH_SKB;
		err = replace_in_mode(hook, fd, old_fd, mode);
	}
	if (err == -EBUSY && old_fd >= 0) {
		int detached = detach_link(hook, request->force);

		if (!detached)
			err = replace_from_empty(hook, fd, old_fd, mode);
		said = detached && detached != -ENOENT;
	}
	if (err && !said)
		attach_say_not_attached(hook, request, mode, err);
	return err;
}

int attach_direct_remove(const struct xdp_state *hook, bool force)
{
	int err, fd = attach_open_program(hook, hook->main_id);

	log_take_kernel_message(); /* of an earlier failure */
	if (fd == -ENOENT)
		return 0; /* gone by itself in between */
	err = fd < 0 ? fd : attach_direct_replace(hook->ifindex, -1, fd, hook->mode);
	if (fd >= 0)
		close(fd);
	if (err == -EBUSY) {
		err = detach_link(hook, force);
		if (err != -ENOENT)
			return err;
		err = -EBUSY;
	}
	if (err)
		attach_say_not_detached(hook, hook->main_id, err);
	return err;
}
