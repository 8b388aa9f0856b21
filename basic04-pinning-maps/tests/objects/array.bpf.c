// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The plainest. */
#include "object.h"

MAP(counts, BPF_MAP_TYPE_ARRAY, 1, 0);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	add(&counts);
	return COUNT;
}
