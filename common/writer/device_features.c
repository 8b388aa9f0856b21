// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device_features.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

/* From <linux/netdev.h>, which came with Linux 6.3: Debian 12 does not have it, and others have one
 * without the newer numbers.
 */
#define NETDEV_NAME "netdev"
#define NETDEV_VERSION 1
#define NETDEV_GET 1	     /* NETDEV_CMD_DEV_GET */
#define NETDEV_IFINDEX 1     /* NETDEV_A_DEV_IFINDEX */
#define NETDEV_XDP 3	     /* NETDEV_A_DEV_XDP_FEATURES */
#define NETDEV_ZC_BUFFERS 4  /* NETDEV_A_DEV_XDP_ZC_MAX_SEGS, since Linux 6.6 */
#define NETDEV_RX_METADATA 5 /* NETDEV_A_DEV_XDP_RX_METADATA_FEATURES, since Linux 6.7 */

#define ANSWER_SIZE 8192 /* the kernel puts less into one */

/* A bit of an attribute, and what it is about. Linux 6.7 lacks the last one, as its programs
 * cannot get a VLAN tag from any device: no is right.
 */
static const struct {
	enum device_feature feature;
	__u16 attribute;
	__u64 bit;
} bits[] = {
	{ FEATURE_NATIVE, NETDEV_XDP, 1 << 0 },		   /* NETDEV_XDP_ACT_BASIC */
	{ FEATURE_REDIRECT, NETDEV_XDP, 1 << 1 },	   /* NETDEV_XDP_ACT_REDIRECT */
	{ FEATURE_TARGET, NETDEV_XDP, 1 << 2 },		   /* NETDEV_XDP_ACT_NDO_XMIT */
	{ FEATURE_ZERO_COPY, NETDEV_XDP, 1 << 3 },	   /* NETDEV_XDP_ACT_XSK_ZEROCOPY */
	{ FEATURE_OFFLOAD, NETDEV_XDP, 1 << 4 },	   /* NETDEV_XDP_ACT_HW_OFFLOAD */
	{ FEATURE_FRAGS, NETDEV_XDP, 1 << 5 },		   /* NETDEV_XDP_ACT_RX_SG */
	{ FEATURE_TARGET_FRAGS, NETDEV_XDP, 1 << 6 },	   /* NETDEV_XDP_ACT_NDO_XMIT_SG */
	{ FEATURE_TIMESTAMP, NETDEV_RX_METADATA, 1 << 0 }, /* NETDEV_XDP_RX_METADATA_TIMESTAMP */
	{ FEATURE_HASH, NETDEV_RX_METADATA, 1 << 1 },	   /* NETDEV_XDP_RX_METADATA_HASH */
	{ FEATURE_VLAN_TAG, NETDEV_RX_METADATA, 1 << 2 },  /* NETDEV_XDP_RX_METADATA_VLAN_TAG */
};

static int take_features(const struct nlattr *attribute, void *data)
{
	struct device_features *features = data;
	__u16 type = mnl_attr_get_type(attribute);
	size_t i;

	if (type == NETDEV_ZC_BUFFERS)
		features->zero_copy_buffers = mnl_attr_get_u32(attribute);
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (type == bits[i].attribute)
			features->states[bits[i].feature] =
				mnl_attr_get_u64(attribute) & bits[i].bit ? FEATURE_YES :
									    FEATURE_NO;
	return MNL_CB_OK;
}

void device_features_parse(const struct nlmsghdr *answer, struct device_features *features)
{
	mnl_attr_parse(answer, sizeof(struct genlmsghdr), take_features, features);
}

static int take_device(const struct nlmsghdr *message, void *data)
{
	device_features_parse(message, data);
	return MNL_CB_OK;
}

static int take_family_id(const struct nlattr *attribute, void *data)
{
	if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
		*(__u16 *)data = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

static int take_family(const struct nlmsghdr *message, void *data)
{
	return mnl_attr_parse(message, sizeof(struct genlmsghdr), take_family_id, data);
}

static struct nlmsghdr *request_begin(char *buffer, __u16 family, __u8 command, __u8 version)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *header;

	request->nlmsg_type = family;
	request->nlmsg_flags = NLM_F_REQUEST;
	header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
	header->cmd = command;
	header->version = version;
	return request;
}

/* The kernel has an answer before the request returns, so there is never anything to wait for. */
static int exchange(struct mnl_socket *socket, const struct nlmsghdr *request, mnl_cb_t take,
		    void *result)
{
	char answer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	size = mnl_socket_recvfrom(socket, answer, sizeof(answer));
	if (size < 0)
		return -errno;
	return mnl_cb_run(answer, size, 0, 0, take, result) < 0 ? -errno : 0;
}

/* The number that the running kernel gave to the family. -ENOENT: it does not have it. */
static int find_family(struct mnl_socket *socket, __u16 *family)
{
	/* Zeros, as attributes are padded with what is there. */
	char buffer[64] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *request = request_begin(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, NETDEV_NAME);
	return exchange(socket, request, take_family, family);
}

static int ask(struct mnl_socket *socket, int ifindex, struct device_features *features)
{
	char buffer[64] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *request;
	__u16 family = 0;
	int err = find_family(socket, &family);

	if (err)
		return err == -ENOENT ? 0 : err;
	request = request_begin(buffer, family, NETDEV_GET, NETDEV_VERSION);
	mnl_attr_put_u32(request, NETDEV_IFINDEX, ifindex);
	return exchange(socket, request, take_device, features);
}

int device_features_query(int ifindex, struct device_features *features)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int err;

	*features = (struct device_features){ 0 };
	if (!socket)
		return -errno;
	err = ask(socket, ifindex, features);
	mnl_socket_close(socket);
	return err;
}
