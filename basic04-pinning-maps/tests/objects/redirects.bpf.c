// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps to redirect by, which have plain entries; the kernel sets a flag on two of them. */
#include "object.h"

SMALL_MAP(devices, BPF_MAP_TYPE_DEVMAP, 4);
SMALL_MAP(devices_by_hash, BPF_MAP_TYPE_DEVMAP_HASH, 4);
SMALL_MAP(cpus, BPF_MAP_TYPE_CPUMAP, 4);
SMALL_MAP(sockets, BPF_MAP_TYPE_XSKMAP, 4);

SEC("xdp") int entry(struct xdp_md *ctx)
{
	int action = bpf_redirect_map(&devices, 0, 0);

	action |= bpf_redirect_map(&devices_by_hash, 0, 0);
	action |= bpf_redirect_map(&cpus, 3, 0);
	action |= bpf_redirect_map(&sockets, 0, 0);
	return action == XDP_REDIRECT ? action : COUNT;
}
