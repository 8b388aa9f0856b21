// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asks the driver for what the device has found out about the packet. */
#include "object.h"

enum xdp_rss_hash_type { XDP_RSS_TYPE_NONE };

extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash,
				    enum xdp_rss_hash_type *type) __ksym;

SEC("xdp") int entry(struct xdp_md *ctx)
{
	enum xdp_rss_hash_type type;
	__u32 hash;

	return bpf_xdp_metadata_rx_hash(ctx, &hash, &type) > 0 ? XDP_PASS : COUNT;
}
