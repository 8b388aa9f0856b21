// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that libbpf leaves out unless somebody asks for them. */
#include "object.h"

SEC("?tc") int of_tc(struct __sk_buff *skb)
{
	return skb->len == 0;
}

SEC("?xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
