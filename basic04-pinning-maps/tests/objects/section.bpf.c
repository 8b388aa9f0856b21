// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A section whose name libbpf does not know, as in objects made for iproute2. */
#include "object.h"

SEC("prog") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
