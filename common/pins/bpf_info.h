/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel tells of a BPF object by its descriptor. All return 0 or -errno, without a
 * message.
 */
#ifndef BPF_INFO_H
#define BPF_INFO_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

int bpf_info_program(int fd, struct bpf_prog_info *info);
int bpf_info_map(int fd, struct bpf_map_info *info);

#define BPF_MAPS_MAX 64 /* the kernel's MAX_USED_MAPS */
struct bpf_maps {
	__u32 ids[BPF_MAPS_MAX];
	size_t count;
};

/* The maps that program @fd uses. */
int bpf_info_maps(int fd, struct bpf_maps *maps);
bool bpf_maps_have(const struct bpf_maps *maps, __u32 id);

#endif /* BPF_INFO_H */
