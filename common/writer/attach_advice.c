// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach_advice.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "device_features.h"
#include "device_queues.h"
#include "device_xdp.h"
#include "log.h"

/* Either somebody has just changed what is attached, or a program on a device above this one keeps
 * it from changing.
 */
static void advise_on_busy(const struct xdp_state *hook, char *text)
{
	char above[IF_NAMESIZE];
	struct device_xdp now;

	if (!device_xdp_query(hook->ifindex, &now) && device_xdp_main(&now) != hook->main_id)
		strcpy(text, "; another program came in between, try again");
	else if (!device_xdp_find_above(hook->ifindex, above))
		snprintf(text, ATTACH_ADVICE_SIZE,
			 "; %s, which is above %s, has an XDP program, which prevents a change "
			 "below: detach that one first, and attach it again afterwards",
			 above, hook->device);
	else
		strcpy(text, "; see 'bpftool net show' and 'bpftool link show'");
}

/* Whether programs other than the one that is replaced are behind the dispatcher. */
static bool is_shared(const struct xdp_state *hook, const struct attach_request *request)
{
	return request && hook->dispatcher && hook->count > (request->old_id ? 1 : 0);
}

/* Whether the kernel takes the program in native mode alone. */
static bool is_bound(const struct attach_request *request)
{
	return request->object && object_is_bound_to_device(request->object);
}

/* Returns the advice to try other modes, or "" if they were tried, if the program cannot be in
 * them, or if somebody shares the dispatcher, all of whose programs run in one mode.
 */
static const char *other_modes(const struct xdp_state *hook, const struct attach_request *request,
			       enum attach_mode mode)
{
	return request && mode == ATTACH_NATIVE && request->mode != ATTACH_AUTO &&
			       !is_bound(request) && !is_shared(hook, request) ?
		       "; try --auto-mode or --skb-mode" :
		       "";
}

/* Adds what to do about the others that share the dispatcher. */
static void advise_on_others(const struct xdp_state *hook, enum attach_mode mode, char *text)
{
	size_t length = strlen(text);

	if (hook->count == ATTACH_MAX_PROGRAMS)
		snprintf(text + length, ATTACH_ADVICE_SIZE - length,
			 "; libxdp's dispatcher there is full: unload one of its programs first");
	else if (mode == ATTACH_NATIVE)
		snprintf(text + length, ATTACH_ADVICE_SIZE - length,
			 "; skb mode is possible only if no other program is on %s: unload the "
			 "others first",
			 hook->device);
}

/* True if the driver could give the program frames of several buffers, but it takes none. */
static bool would_frags_help(const struct xdp_state *hook, const struct attach_request *request)
{
	struct device_features features;

	return request && !(bpf_program__flags(request->object->program) & BPF_F_XDP_HAS_FRAGS) &&
	       !device_features_query(hook->ifindex, &features) &&
	       features.states[FEATURE_FRAGS] == FEATURE_YES;
}

/* Before Linux 6.3 virtio_net checks the MTU even when a program is detached, so another mode does
 * not help either.
 */
static void advise_on_mtu(const struct xdp_state *hook, const struct attach_request *request,
			  const char *kernel, const char *modes, char *text)
{
	bool is_peer = strstr(kernel, "Peer"), knows_frags = strstr(kernel, "without frags");
	bool is_stuck = hook->main_id && !is_peer && !knows_frags;
	char command[64] = "the MTU of its peer";

	if (!is_peer)
		snprintf(command, sizeof(command), "it: 'ip link set dev %s mtu 1500'",
			 hook->device);
	snprintf(text, ATTACH_ADVICE_SIZE, "; lower %s%s%s", command,
		 would_frags_help(hook, request) ? "; or put the program into section xdp.frags" :
						   "",
		 is_stuck ? "" : modes);
}

/* virtio_net names the offloads. What ethtool can turn off, the driver has turned off itself. */
static void advise_on_offloads(const char *modes, char *text)
{
	snprintf(text, ATTACH_ADVICE_SIZE,
		 "; no ethtool setting can: the hypervisor has to let the driver do it, QEMU with "
		 "'ctrl_guest_offloads=on' for the device%s",
		 modes);
}

static void advise_on_queues(const struct xdp_state *hook, const char *modes, char *text)
{
	struct device_queues queues;
	char needs[DEVICE_QUEUES_ADVICE_SIZE] = "more queues from the hypervisor";

	device_queues_query(hook->device, &queues);
	if (queues.is_virtio)
		device_queues_advise(&queues, hook->device, needs);
	snprintf(text, ATTACH_ADVICE_SIZE, "; what helps: %s%s", needs, modes);
}

const char *attach_advise(const struct xdp_state *hook, const struct attach_request *request,
			  enum attach_mode mode, const char *kernel, int err, char *text)
{
	const char *modes = other_modes(hook, request, mode);

	*text = '\0';
	if (err == -EPERM)
		return log_missing_right(err, "CAP_NET_ADMIN");
	if (err == -ENODEV)
		return "; the device is gone, see 'ip link'";
	if (strstr(kernel, "MTU"))
		advise_on_mtu(hook, request, kernel, modes, text);
	else if (strstr(kernel, "host is implementing"))
		advise_on_offloads(modes, text);
	else if (strstr(kernel, "Too few free TX rings"))
		advise_on_queues(hook, modes, text);
	else if (err == -ENOMEM)
		return "; free some memory first";
	else if (err == -EEXIST || err == -EBUSY)
		advise_on_busy(hook, text);
	if (err != -EEXIST && err != -EBUSY && is_shared(hook, request))
		advise_on_others(hook, mode, text);
	if (*text || !request)
		return text;
	return *modes ? modes : "; see 'ip -d link' for what the device is";
}
