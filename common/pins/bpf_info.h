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

struct bpf_maps {
	__u32 *ids;
	size_t count;
};

/* Sets @maps to those that program @fd uses: bpf_maps_free() frees them, also after an error. The
 * second asks for both at once; info->map_ids is not to be used.
 */
int bpf_info_maps(int fd, struct bpf_maps *maps);
int bpf_info_program_and_maps(int fd, struct bpf_prog_info *info, struct bpf_maps *maps);
void bpf_maps_free(struct bpf_maps *maps);
bool bpf_maps_have(const struct bpf_maps *maps, __u32 id);

#endif /* BPF_INFO_H */
