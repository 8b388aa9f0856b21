// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device_xdp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "device.h"

/* Virtual functions come only if they are asked for, statistics unless they are refused. Without
 * both an answer has about 1,300 bytes; 248 alternative names make it 32 KB. @flags: NLM_F_DUMP
 * for all links.
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
	struct device_link *link = data;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		snprintf(link->name, sizeof(link->name), "%s", mnl_attr_get_str(attribute));
		break;
	case IFLA_MASTER:
		link->master = mnl_attr_get_u32(attribute);
		break;
	case IFLA_LINK:
		link->link = mnl_attr_get_u32(attribute);
		break;
	case IFLA_LINK_NETNSID:
		link->link_is_elsewhere = true;
		break;
	case IFLA_XDP:
		return mnl_attr_parse_nested(attribute, take_program, &link->xdp);
	default:
		break;
	}
	return MNL_CB_OK;
}

/* What is called for each link. */
struct visit {
	int (*act)(const struct device_link *link, void *context);
	void *context;
	int err;
};

static int take_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct device_link link = { .xdp.ifindex = info->ifi_index };
	struct visit *visit = data;

	if (message->nlmsg_type != RTM_NEWLINK || visit->err)
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*info), take_attribute, &link);
	visit->err = visit->act(&link, visit->context);
	return MNL_CB_OK;
}

/* The kernel has an answer before the request returns, so there is never anything to wait for.
 * Returns as mnl_cb_run(): below 0 is an error, and MNL_CB_STOP the end of a dump.
 */
static int take_answer(struct mnl_socket *socket, struct visit *visit)
{
	char buffer[128 << 10] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

	return size < 0 ? -1 : mnl_cb_run(buffer, size, 0, 0, take_link, visit);
}

/* Asks about one link, or with @all about all of them. */
static int each_link(int ifindex, const char *name, bool all, struct visit *visit)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int err = socket ? ask(socket, ifindex, name, all ? NLM_F_DUMP : 0) : -errno;
	int more = err ? MNL_CB_STOP : MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		more = take_answer(socket, visit);
		if (more < 0)
			err = -errno;
		if (!all)
			break;
	}
	if (socket)
		mnl_socket_close(socket);
	return err ? err : visit->err;
}

static int keep_link(const struct device_link *link, void *context)
{
	*(struct device_link *)context = *link;
	return 0;
}

static int query(int ifindex, const char *name, struct device_link *link)
{
	struct visit visit = { .act = keep_link, .context = link };

	*link = (struct device_link){ 0 };
	return each_link(ifindex, name, false, &visit);
}

int device_xdp_query(int ifindex, struct device_xdp *xdp)
{
	struct device_link link;
	int err = query(ifindex, NULL, &link);

	*xdp = link.xdp;
	return err;
}

static int query_name(const char *name, struct device_xdp *xdp)
{
	struct device_link link;
	int err = query(0, name, &link);

	*xdp = link.xdp;
	return err;
}

static int query_again_here(const char *name, int *ifindex, struct device_xdp *xdp)
{
	int err = *ifindex ? device_xdp_query(*ifindex, xdp) : -ENODEV;

	if (err == -ENODEV)
		err = query_name(name, xdp);
	if (!err)
		*ifindex = xdp->ifindex;
	return err;
}

int device_xdp_query_again(const char *netns, const char *name, int *ifindex,
			   struct device_xdp *xdp)
{
	int before, err, left;

	if (!netns)
		return query_again_here(name, ifindex, xdp);
	*xdp = (struct device_xdp){ 0 };
	before = device_visit_netns(netns);
	if (before < 0)
		return before;
	err = query_name(name, xdp);
	left = device_leave_netns(before);
	return left ? left : err;
}

/* libmnl says EINTR of a dump during which the links have changed. */
#define DUMPS_MAX 10

/* Calls @act for each link of the network namespace that the process is in, for some of them twice
 * if links come or go meanwhile. If @act does not return 0, returns that; else 0 or -errno.
 */
static int each_of_all(int (*act)(const struct device_link *link, void *context), void *context)
{
	struct visit visit = { .act = act, .context = context };
	int tries, err = -EINTR;

	for (tries = 0; err == -EINTR && tries < DUMPS_MAX; tries++)
		err = each_link(0, NULL, true, &visit);
	return err;
}

static int add_link(const struct device_link *link, void *context)
{
	struct device_links *all = context;
	struct device_link *more = all->links;

	if (!(all->count & (all->count - 1))) { /* full: twice as many */
		more = reallocarray(more, all->count ? 2 * all->count : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		all->links = more;
	}
	more[all->count++] = *link;
	return 0;
}

static int by_ifindex(const void *a, const void *b)
{
	const struct device_link *one = a, *other = b;

	return one->xdp.ifindex - other->xdp.ifindex;
}

int device_links_read(struct device_links *links)
{
	int err;

	*links = (struct device_links){ 0 };
	err = each_of_all(add_link, links);
	if (links->count)
		qsort(links->links, links->count, sizeof(*links->links), by_ifindex);
	return err;
}

void device_links_free(struct device_links *links)
{
	free(links->links);
	*links = (struct device_links){ 0 };
}

const struct device_link *device_links_find(const struct device_links *links, int ifindex)
{
	const struct device_link wanted = { .xdp.ifindex = ifindex };

	if (!links || !links->count)
		return NULL;
	return bsearch(&wanted, links->links, links->count, sizeof(wanted), by_ifindex);
}

struct above {
	struct device_link own;
	char *name;
};

/* A pair of veths names each other as its link: the peer is not above. */
static int find_above(const struct device_link *link, void *context)
{
	const struct above *above = context;
	const struct device_link *own = &above->own;
	int ifindex = link->xdp.ifindex;

	if (!device_xdp_main(&link->xdp) ||
	    (ifindex != own->master &&
	     (link->link_is_elsewhere || link->link != own->xdp.ifindex || ifindex == own->link)))
		return 0;
	strcpy(above->name, link->name);
	return 1;
}

int device_xdp_find_above(int ifindex, char *name)
{
	struct above above = { .name = name };
	int err = query(ifindex, NULL, &above.own);

	*name = '\0';
	if (!err)
		err = each_of_all(find_above, &above);
	return err < 0 ? err : *name ? 0 : -ENOENT;
}

__u32 device_xdp_main(const struct device_xdp *xdp)
{
	return xdp->native ? xdp->native : xdp->skb ? xdp->skb : xdp->offloaded;
}
