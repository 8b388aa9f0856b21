// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an update does to an element that is there, and to one that is not. */
#include <bpf/bpf.h>

#include "../example.h"

static void update(int map, const char *flag, __u64 flags, __u32 key, __u32 value)
{
	char what[64];

	snprintf(what, sizeof(what), "key %u, %s", key, flag);
	example_tell(what, bpf_map_update_elem(map, &key, &value, flags));
}

static void show(const char *name, enum bpf_map_type type)
{
	int map = example_must("make a map", bpf_map_create(type, name, 4, 4, 2, NULL));

	printf("%s, room for 2 elements, none written yet\n", name);
	update(map, "BPF_EXIST", BPF_EXIST, 0, 10);
	update(map, "BPF_NOEXIST", BPF_NOEXIST, 0, 11);
	update(map, "BPF_NOEXIST", BPF_NOEXIST, 0, 12);
	update(map, "BPF_EXIST", BPF_EXIST, 0, 13);
	update(map, "BPF_ANY", BPF_ANY, 1, 14);
	update(map, "BPF_ANY", BPF_ANY, 1, 15);
	update(map, "BPF_ANY", BPF_ANY, 2, 16);
	update(map, "flags 4711", 4711, 0, 17);
}

int main(void)
{
	show("array", BPF_MAP_TYPE_ARRAY);
	show("hash", BPF_MAP_TYPE_HASH);
	return 0;
}
