/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks the kernel what is attached to one device.
 *
 * It sends one RTM_GETLINK for one device, and gets one answer: 15 us, even if there are many
 * links. libbpf's bpf_xdp_query() asks for all links and keeps one (2,000 links: 11 ms). See
 * libbpf/README.org.
 */
#ifndef DEVICE_XDP_H
#define DEVICE_XDP_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct device_xdp {
	int ifindex;
	__u32 native, skb, offloaded; /* the ID of the program on the hook in this mode; 0: none */
};

/* One link, as the kernel reports it. */
struct device_link {
	struct device_xdp xdp;
	int master; /* the ifindex of the bridge or bond that it is a port of; 0: of none */
	int link;   /* the ifindex of the device below it, or of its peer; 0: none */
	bool link_is_elsewhere; /* the device below, or the peer, is in another network namespace */
	char name[IF_NAMESIZE];
};

/* Asks about the device of that index in the network namespace that the process is in. Returns 0;
 * -ENODEV if there is no such device; or another -errno. No message.
 */
int device_xdp_query(int ifindex, struct device_xdp *xdp);

/* The same of a device that is asked about again and again, and may be renamed. In the network
 * namespace that the process is in, it is found by the index that it had the last time; by name if
 * there is none of that index any more. *@ifindex is 0 before the first time. In namespace @netns,
 * if the process may go there, it is found by name: another namespace may have that name by now.
 */
int device_xdp_query_again(const char *netns, const char *name, int *ifindex,
			   struct device_xdp *xdp);

/* All links, as they were at one time, sorted by ifindex. */
struct device_links {
	struct device_link *links;
	size_t count;
};

/* Reads those of the network namespace that the process is in. Returns 0, or -errno without a
 * message. Call device_links_free() in any case.
 */
int device_links_read(struct device_links *links);
void device_links_free(struct device_links *links);

/* The link of that ifindex, or NULL. @links may be NULL too. */
const struct device_link *device_links_find(const struct device_links *links, int ifindex);

/* Finds a device above @ifindex that has an XDP program: a VLAN on it, or the bridge or bond that
 * it is a port of. Asks for all links. Sets @name, of IF_NAMESIZE bytes. Returns 0; -ENOENT if
 * there is none; or another -errno. No message.
 */
int device_xdp_find_above(int ifindex, char *name);

/* The ID of the program that the kernel runs: in native mode, else in skb mode, else offloaded,
 * else 0.
 */
__u32 device_xdp_main(const struct device_xdp *xdp);

#endif /* DEVICE_XDP_H */
