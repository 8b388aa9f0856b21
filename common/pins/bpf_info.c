// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bpf_info.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

int bpf_info_program(int fd, struct bpf_prog_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

int bpf_info_map(int fd, struct bpf_map_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

int bpf_info_program_and_maps(int fd, struct bpf_prog_info *info, struct bpf_maps *maps)
{
	__u32 room = 64; /* what the verifier allows: few programs are bound to more */

	for (;;) {
		__u32 size = sizeof(*info);

		*maps = (struct bpf_maps){ .ids = calloc(room, sizeof(*maps->ids)) };
		if (!maps->ids)
			return -ENOMEM;
		*info = (struct bpf_prog_info){ .nr_map_ids = room,
						.map_ids = (__u64)(unsigned long)maps->ids };
		if (bpf_obj_get_info_by_fd(fd, info, &size))
			return -errno;
		maps->count = info->nr_map_ids;
		if (maps->count <= room)
			return 0;
		room = maps->count;
		bpf_maps_free(maps);
	}
}

int bpf_info_maps(int fd, struct bpf_maps *maps)
{
	struct bpf_prog_info info;

	return bpf_info_program_and_maps(fd, &info, maps);
}

void bpf_maps_free(struct bpf_maps *maps)
{
	free(maps->ids);
	*maps = (struct bpf_maps){ 0 };
}

bool bpf_maps_have(const struct bpf_maps *maps, __u32 id)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		if (maps->ids[i] == id)
			return true;
	return false;
}
