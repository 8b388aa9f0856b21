// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bpf_info.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

int bpf_info_program(int fd, struct bpf_prog_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

/* The name of the program's function in BTF, or NULL. */
static const char *name_in_btf(int fd, const struct btf *btf)
{
	struct bpf_func_info function = { 0 };
	struct bpf_prog_info info = { .nr_func_info = 1,
				      .func_info_rec_size = sizeof(function),
				      .func_info = (__u64)(unsigned long)&function };
	__u32 size = sizeof(info);
	const struct btf_type *type;

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.nr_func_info)
		return NULL;
	type = btf__type_by_id(btf, function.type_id);
	return type ? btf__name_by_offset(btf, type->name_off) : NULL;
}

void bpf_info_name(int fd, const struct bpf_prog_info *info, char *name, size_t size)
{
	bool is_cut = strlen(info->name) == sizeof(info->name) - 1;
	struct btf *btf = is_cut && info->btf_id ? btf__load_from_kernel_by_id(info->btf_id) : NULL;
	const char *full = btf ? name_in_btf(fd, btf) : NULL;

	snprintf(name, size, "%s", full && *full ? full : info->name);
	btf__free(btf);
}

int bpf_info_map(int fd, struct bpf_map_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

int bpf_info_maps(int fd, struct bpf_maps *maps)
{
	size_t room = 64; /* what the verifier allows: few programs are bound to more */

	for (;;) {
		struct bpf_prog_info info = { .nr_map_ids = room };
		__u32 size = sizeof(info);

		*maps = (struct bpf_maps){ .ids = calloc(room, sizeof(*maps->ids)) };
		if (!maps->ids)
			return -ENOMEM;
		info.map_ids = (__u64)(unsigned long)maps->ids;
		if (bpf_obj_get_info_by_fd(fd, &info, &size))
			return -errno;
		maps->count = info.nr_map_ids;
		if (maps->count <= room)
			return 0;
		room = maps->count;
		bpf_maps_free(maps);
	}
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
