// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps to redirect by, which have plain entries; the kernel sets a flag on two of them. */
#include "object.h"

#define REDIRECT_MAP(name_, type_)      \
	struct {                        \
		__uint(type, type_);    \
		__uint(max_entries, 4); \
		__uint(key_size, 4);    \
		__uint(value_size, 4);  \
	} name_ SEC(".maps")

REDIRECT_MAP(devices, BPF_MAP_TYPE_DEVMAP);
REDIRECT_MAP(devices_by_hash, BPF_MAP_TYPE_DEVMAP_HASH);
REDIRECT_MAP(cpus, BPF_MAP_TYPE_CPUMAP);
REDIRECT_MAP(sockets, BPF_MAP_TYPE_XSKMAP);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	int action = bpf_redirect_map(&devices, 0, 0);

	action |= bpf_redirect_map(&devices_by_hash, 0, 0);
	action |= bpf_redirect_map(&cpus, 3, 0);
	action |= bpf_redirect_map(&sockets, 0, 0);
	return action == XDP_REDIRECT ? action : COUNT;
}
