/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks the kernel what is attached to one device.
 *
 * It sends one RTM_GETLINK for one device, and gets one answer: 15 us, even if there are many
 * links. libbpf's bpf_xdp_query() asks for all links and keeps one (2,000 links: 11 ms). See
 * libbpf/README.org.
 */
#ifndef DEVICE_XDP_H
#define DEVICE_XDP_H

#include <linux/types.h>

struct device_xdp {
	int ifindex;
	__u32 native, skb, offloaded; /* the ID of the program on the hook in this mode; 0: none */
};

/* Ask about the device of that index, or name, in the network namespace that the process is in.
 * Return 0; -ENODEV if there is no such device; or another -errno. No message.
 */
int device_xdp_query(int ifindex, struct device_xdp *xdp);
int device_xdp_query_name(const char *name, struct device_xdp *xdp);

/* Finds a device with an XDP program that stands above @ifindex: a VLAN on it, or the bridge or
 * bond that it is a port of. Asks for all links. Sets @name (IF_NAMESIZE bytes). 0; -ENOENT: there
 * is none; or another -errno. No message.
 */
int device_xdp_find_above(int ifindex, char *name);

/* The ID of the program in native mode; if there is none, in skb mode; else the offloaded one, or
 * 0.
 */
__u32 device_xdp_main(const struct device_xdp *xdp);

#endif /* DEVICE_XDP_H */
