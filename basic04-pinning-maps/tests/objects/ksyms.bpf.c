// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Symbols of the kernel's, one that it has, and two that it may lack. */
#include "object.h"

extern const void netif_rx __ksym;
extern const void no_such_symbol __ksym __weak;
extern int no_such_function(struct xdp_md *ctx) __ksym __weak;

SEC("xdp") int entry(struct xdp_md *ctx)
{
	const void *volatile known = &netif_rx;

	if (&no_such_symbol || !known)
		return XDP_PASS;
	return no_such_function ? no_such_function(ctx) : COUNT;
}
