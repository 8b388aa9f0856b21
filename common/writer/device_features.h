/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks the kernel what a device's driver can do with XDP: the "netdev" family of generic netlink,
 * since Linux 6.3. It needs no privilege.
 */
#ifndef DEVICE_FEATURES_H
#define DEVICE_FEATURES_H

#include <libmnl/libmnl.h>
#include <linux/types.h>

enum device_feature {
	FEATURE_NATIVE,	      /* runs programs, which may pass, drop and send back */
	FEATURE_FRAGS,	      /* runs programs in section xdp.frags on multi-buffer frames */
	FEATURE_REDIRECT,     /* XDP_REDIRECT of what it receives */
	FEATURE_TARGET,	      /* sends what is redirected to it */
	FEATURE_TARGET_FRAGS, /* the same of multi-buffer frames */
	FEATURE_ZERO_COPY,    /* AF_XDP sockets without a copy */
	FEATURE_OFFLOAD,      /* runs programs in its hardware */
	FEATURE_TIMESTAMP,    /* these three: kfuncs give a program what the hardware knows */
	FEATURE_HASH,
	FEATURE_VLAN_TAG,
	FEATURE_COUNT
};

/* Unknown: the kernel is too old to report it. */
enum feature_state { FEATURE_UNKNOWN, FEATURE_NO, FEATURE_YES };

struct device_features {
	enum feature_state states[FEATURE_COUNT];
	__u32 zero_copy_buffers; /* of one frame, at most; 0: unknown, or there is no zero copy */
};

/* Ask about a device of the network namespace that the process is in. If the kernel does not have
 * the family, everything is unknown. Return 0; -ENODEV if there is no such device; or another
 * -errno. No message.
 */
int device_features_query(int ifindex, struct device_features *features);

/* Sets in @features what the kernel's answer has, and leaves the rest as it is. */
void device_features_parse(const struct nlmsghdr *answer, struct device_features *features);

#endif /* DEVICE_FEATURES_H */
