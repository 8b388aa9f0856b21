/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The bpf_links that hold XDP programs on devices. The kernel has no index of them by device: all
 * are looked at, once. A list of devices needs that only if one has somebody else's program.
 */
#ifndef XDP_LINKS_H
#define XDP_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct xdp_links {
	struct xdp_link {
		__u32 id, program;
		int ifindex;
	} * links;
	size_t count;
	bool read;
};

/* The ID of the link that holds the program on the device; 0: no link holds it, or the caller may
 * not list links. The first call reads all links into @links, which begins as zeros.
 */
__u32 xdp_links_find(struct xdp_links *links, __u32 program, int ifindex);
void xdp_links_free(struct xdp_links *links);

#endif /* XDP_LINKS_H */
