// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps that only programs of other types can use: they are made and pinned too. */
#include "object.h"

SMALL_MAP(stacks, BPF_MAP_TYPE_STACK_TRACE, 80);
SMALL_MAP(cgroups, BPF_MAP_TYPE_CGROUP_ARRAY, 4);
SMALL_MAP(sockets, BPF_MAP_TYPE_SOCKMAP, 8);
SMALL_MAP(sockets_by_hash, BPF_MAP_TYPE_SOCKHASH, 8);
SMALL_MAP(listeners, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 8);

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_socket SEC(".maps");

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
