// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An array that user space may map, and one that only programs may read. */
#include "object.h"

MAP(mapped, BPF_MAP_TYPE_ARRAY, 3, BPF_F_MMAPABLE);
MAP(settings, BPF_MAP_TYPE_ARRAY, 1, BPF_F_RDONLY_PROG);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *setting = bpf_map_lookup_elem(&settings, &key);

	add(&mapped);
	return setting && *setting ? XDP_PASS : COUNT;
}
