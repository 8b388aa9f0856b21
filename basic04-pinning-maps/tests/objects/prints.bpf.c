// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Text for the trace pipe: libbpf's bpf_printk() keeps it among the constants. */
#include "object.h"

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_printk("a frame of %u bytes", ctx->data_end - ctx->data);
	return COUNT;
}
