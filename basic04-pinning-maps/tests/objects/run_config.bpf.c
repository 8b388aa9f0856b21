// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the program says of its place in libxdp's dispatcher: for libxdp alone, and not a map. */
#include "object.h"
#include <xdp/xdp_helpers.h>

struct {
	__uint(priority, 20);
	__uint(XDP_PASS, 1);
	__uint(XDP_DROP, 1);
} XDP_RUN_CONFIG(entry);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
