// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for frames of more than one buffer in a devmap and a cpumap. */
#define XDP_STATS_FRAGS
#include "object.h"

#define REDIRECT_MAP(name_, type_, value_)          \
	struct {                                    \
		__uint(type, type_);                \
		__uint(max_entries, 4);             \
		__uint(key_size, 4);                \
		__uint(value_size, sizeof(value_)); \
	} name_ SEC(".maps")

REDIRECT_MAP(devices, BPF_MAP_TYPE_DEVMAP_HASH, struct bpf_devmap_val);
REDIRECT_MAP(cpus, BPF_MAP_TYPE_CPUMAP, struct bpf_cpumap_val);

SEC("xdp.frags") int entry(struct xdp_md *ctx)
{
	int action = bpf_redirect_map(&devices, 0, 0) | bpf_redirect_map(&cpus, 3, 0);

	return action == XDP_REDIRECT ? action : COUNT;
}

SEC("xdp.frags/devmap") int on_egress(struct xdp_md *ctx)
{
	return COUNT;
}

SEC("xdp.frags/cpumap") int on_cpu(struct xdp_md *ctx)
{
	return COUNT;
}
