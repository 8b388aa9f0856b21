// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs of other types in the same object, one of a type that needs more rights or kernel. */
#include "object.h"

SEC("kprobe/no_such_function") int probe(struct pt_regs *ctx)
{
	return !ctx;
}

SEC("tc") int of_tc(struct __sk_buff *skb)
{
	return skb->len == 0;
}

SEC("cgroup/skb") int of_cgroup(struct __sk_buff *skb)
{
	return skb->len > 0;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
