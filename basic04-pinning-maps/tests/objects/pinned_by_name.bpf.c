// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map that asks to be pinned by its name, as iproute2's and others' users know it. */
#include "object.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	add(&shared);
	return COUNT;
}
