// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A buffer that user space fills and the program empties. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 5000);
} orders SEC(".maps");

static long obey(struct bpf_dynptr *order, void *context)
{
	return !order || context;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	bpf_user_ringbuf_drain(&orders, obey, 0, 0);
	return COUNT;
}
