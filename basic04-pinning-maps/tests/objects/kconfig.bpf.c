// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Values of the kernel's, which libbpf finds out. */
#include "object.h"

extern int LINUX_KERNEL_VERSION __kconfig;

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return LINUX_KERNEL_VERSION > 0 ? COUNT : XDP_PASS;
}
