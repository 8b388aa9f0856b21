// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device_xdp.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

/* Virtual functions come only if they are asked for, statistics unless they are refused. Without
 * both an answer has about 1,300 bytes; 248 alternative names make it 32 KB. @flags: NLM_F_DUMP for
 * all links.
 */
static int ask(struct mnl_socket *socket, int ifindex, const char *name, __u16 flags)
{
	/* Zeros, as attributes are padded with what is there. */
	char buffer[256] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link;

	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	link->ifi_index = ifindex;
	if (name)
		mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return mnl_socket_sendto(socket, message, message->nlmsg_len) < 0 ? -errno : 0;
}

static int take_program(const struct nlattr *attribute, void *data)
{
	struct device_xdp *xdp = data;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_XDP_DRV_PROG_ID:
		xdp->native = mnl_attr_get_u32(attribute);
		break;
	case IFLA_XDP_SKB_PROG_ID:
		xdp->skb = mnl_attr_get_u32(attribute);
		break;
	case IFLA_XDP_HW_PROG_ID:
		xdp->offloaded = mnl_attr_get_u32(attribute);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static int take_attribute(const struct nlattr *attribute, void *data)
{
	return mnl_attr_get_type(attribute) == IFLA_XDP ?
		       mnl_attr_parse_nested(attribute, take_program, data) :
		       MNL_CB_OK;
}

static int take_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct device_xdp *xdp = data;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	xdp->ifindex = link->ifi_index;
	return mnl_attr_parse(message, sizeof(*link), take_attribute, xdp);
}

/* The kernel has an answer before the request returns, so there is never anything to wait for.
 * Returns as mnl_cb_run(): below 0 is an error, and MNL_CB_STOP the end of a dump.
 */
static int take_answer(struct mnl_socket *socket, mnl_cb_t take, void *data)
{
	char buffer[128 << 10] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

	return size < 0 ? -1 : mnl_cb_run(buffer, size, 0, 0, take, data);
}

static struct mnl_socket *open_socket(void)
{
	return mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static int query(int ifindex, const char *name, struct device_xdp *xdp)
{
	struct mnl_socket *socket = open_socket();
	int err = socket ? ask(socket, ifindex, name, 0) : -errno;

	*xdp = (struct device_xdp){ 0 };
	if (!err && take_answer(socket, take_link, xdp) < 0)
		err = -errno;
	if (socket)
		mnl_socket_close(socket);
	return err;
}

int device_xdp_query(int ifindex, struct device_xdp *xdp)
{
	return query(ifindex, NULL, xdp);
}

int device_xdp_query_name(const char *name, struct device_xdp *xdp)
{
	return query(0, name, xdp);
}

/* What is known of a device, and of those that were seen above it. */
struct above {
	int ifindex;
	int master, link; /* of the device itself; 0: none */
	struct candidate {
		int ifindex, link;
		bool has_program;
		char name[IF_NAMESIZE];
	} one;
	char *found; /* "": nothing yet */
};

static int take_candidate(const struct nlattr *attribute, void *data)
{
	struct above *above = data;
	struct device_xdp xdp = { 0 };

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		snprintf(above->one.name, sizeof(above->one.name), "%s",
			 mnl_attr_get_str(attribute));
		break;
	case IFLA_LINK:
		above->one.link = mnl_attr_get_u32(attribute);
		break;
	case IFLA_XDP:
		mnl_attr_parse_nested(attribute, take_program, &xdp);
		above->one.has_program = device_xdp_main(&xdp);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/* A pair of veths names each other as its link: the peer is not above. */
static int take_above(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct above *above = data;
	struct candidate *one = &above->one;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	*one = (struct candidate){ .ifindex = link->ifi_index };
	mnl_attr_parse(message, sizeof(*link), take_candidate, above);
	if (one->has_program && (one->ifindex == above->master ||
				 (one->link == above->ifindex && one->ifindex != above->link)))
		strcpy(above->found, one->name);
	return MNL_CB_OK;
}

static int take_own(const struct nlattr *attribute, void *data)
{
	struct above *above = data;

	if (mnl_attr_get_type(attribute) == IFLA_MASTER)
		above->master = mnl_attr_get_u32(attribute);
	if (mnl_attr_get_type(attribute) == IFLA_LINK)
		above->link = mnl_attr_get_u32(attribute);
	return MNL_CB_OK;
}

static int take_own_link(const struct nlmsghdr *message, void *data)
{
	return message->nlmsg_type == RTM_NEWLINK ?
		       mnl_attr_parse(message, sizeof(struct ifinfomsg), take_own, data) :
		       MNL_CB_OK;
}

int device_xdp_find_above(int ifindex, char *name)
{
	struct above above = { .ifindex = ifindex, .found = name };
	struct mnl_socket *socket = open_socket();
	int err = socket ? ask(socket, ifindex, NULL, 0) : -errno, more;

	*name = '\0';
	if (!err && take_answer(socket, take_own_link, &above) < 0)
		err = -errno;
	if (!err)
		err = ask(socket, 0, NULL, NLM_F_DUMP);
	for (more = MNL_CB_OK; !err && more > MNL_CB_STOP;) {
		more = take_answer(socket, take_above, &above);
		err = more < 0 ? -errno : 0;
	}
	if (socket)
		mnl_socket_close(socket);
	return err ? err : *name ? 0 : -ENOENT;
}

__u32 device_xdp_main(const struct device_xdp *xdp)
{
	return xdp->native ? xdp->native : xdp->skb ? xdp->skb : xdp->offloaded;
}
