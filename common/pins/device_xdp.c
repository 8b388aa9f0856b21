// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device_xdp.h"

#include <errno.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

/* Virtual functions come only if they are asked for, statistics unless they are refused. Without
 * both an answer has about 1,300 bytes; 248 alternative names make it 32 KB.
 */
static int ask(struct mnl_socket *socket, int ifindex, const char *name)
{
	/* Zeros, as attributes are padded with what is there. */
	char buffer[256] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link;

	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = NLM_F_REQUEST;
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

/* The kernel answers before the request returns, so there is never anything to wait for. */
static int take_answer(struct mnl_socket *socket, struct device_xdp *xdp)
{
	char buffer[128 << 10] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

	return size < 0 || mnl_cb_run(buffer, size, 0, 0, take_link, xdp) < 0 ? -errno : 0;
}

static int query(int ifindex, const char *name, struct device_xdp *xdp)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int err = socket ? ask(socket, ifindex, name) : -errno;

	*xdp = (struct device_xdp){ 0 };
	if (!err)
		err = take_answer(socket, xdp);
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

__u32 device_xdp_main(const struct device_xdp *xdp)
{
	return xdp->native ? xdp->native : xdp->skb ? xdp->skb : xdp->offloaded;
}
