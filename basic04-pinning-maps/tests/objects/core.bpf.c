// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* CO-RE: fields of the kernel's structs are found when the object is loaded. */
#include "object.h"
#include <bpf/bpf_core_read.h>

struct net_device {
	int ifindex;
} __attribute__((preserve_access_index));

struct xdp_rxq_info {
	struct net_device *dev;
} __attribute__((preserve_access_index));

struct no_such_struct {
	int field;
} __attribute__((preserve_access_index));

SEC("xdp") int entry(struct xdp_md *ctx)
{
	if (bpf_core_field_exists(((struct no_such_struct *)0)->field))
		return XDP_ABORTED;
	return bpf_core_field_offset(struct xdp_rxq_info, dev) <= 64 ? COUNT : XDP_PASS;
}
