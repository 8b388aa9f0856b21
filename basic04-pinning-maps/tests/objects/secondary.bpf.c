// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for the entries of a devmap and a cpumap, before the one for a device. */
#include "object.h"

SMALL_MAP(devices, BPF_MAP_TYPE_DEVMAP, sizeof(struct bpf_devmap_val));
SMALL_MAP(cpus, BPF_MAP_TYPE_CPUMAP, sizeof(struct bpf_cpumap_val));

SEC("xdp/devmap") int on_egress(struct xdp_md *ctx)
{
	return COUNT;
}

SEC("xdp/cpumap") int on_cpu(struct xdp_md *ctx)
{
	return COUNT;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	int action = bpf_redirect_map(&devices, 0, 0) | bpf_redirect_map(&cpus, 3, 0);

	return action == XDP_REDIRECT ? action : COUNT;
}
