/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the counting program and its readers share: the record, the map's name and its size.
 * Compiles for the kernel (clang -target bpf) and for user space alike.
 */
#ifndef XDP_STATS_RECORD_H
#define XDP_STATS_RECORD_H

#include <linux/bpf.h>
#include <linux/types.h>

/* The map is a BPF_MAP_TYPE_PERCPU_ARRAY: the key is a __u32 that holds an enum xdp_action, the
 * value one struct datarec a possible CPU. libxdp's xdp/xdp_stats_kern.h lays it out the same.
 */
#define XDP_STATS_MAP xdp_stats_map
#define XDP_STATS_MAP_NAME "xdp_stats_map"

#ifndef XDP_ACTION_MAX
#define XDP_ACTION_MAX (XDP_REDIRECT + 1)
#endif

/* What one CPU has seen end in one action: frames, and their bytes from the Ethernet header on
 * (no preamble, no checksum). Both wrap at 2^64.
 */
struct datarec {
	__u64 rx_packets;
	__u64 rx_bytes;
};

#endif /* XDP_STATS_RECORD_H */
