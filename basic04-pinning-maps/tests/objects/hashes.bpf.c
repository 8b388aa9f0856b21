// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Hash maps of all types; the kernel makes room for as many entries on each CPU in two of them. */
#include "object.h"

MAP(hash, BPF_MAP_TYPE_HASH, 100, 0);
MAP(hash_grows, BPF_MAP_TYPE_HASH, 100, BPF_F_NO_PREALLOC);
MAP(per_cpu, BPF_MAP_TYPE_PERCPU_HASH, 100, 0);
MAP(lru, BPF_MAP_TYPE_LRU_HASH, 1001, 0);
MAP(lru_alone, BPF_MAP_TYPE_LRU_HASH, 1001, BPF_F_NO_COMMON_LRU);
MAP(lru_per_cpu, BPF_MAP_TYPE_LRU_PERCPU_HASH, 1001, BPF_F_NO_COMMON_LRU);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	add(&hash);
	add(&hash_grows);
	add(&per_cpu);
	add(&lru);
	add(&lru_alone);
	add(&lru_per_cpu);
	return COUNT;
}
