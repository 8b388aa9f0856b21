// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A lock in an element of a hash: what an update does to whoever has the element. */
#include "../run.h"
#include "maps/hash_lock/hash_lock.skel.h"

/* As in hash_lock.bpf.c. */
struct value {
	struct bpf_spin_lock lock;
	__u32 number;
};

static struct hash_lock *skel;

static int update(__u32 key, __u32 number, __u64 flags)
{
	struct value value = { .number = number };

	return bpf_map_update_elem(bpf_map__fd(skel->maps.values), &key, &value, flags);
}

static __u32 look_up(__u32 key)
{
	struct value value = {};

	example_must("look up", bpf_map_lookup_elem_flags(bpf_map__fd(skel->maps.values), &key,
							  &value, BPF_F_LOCK));
	return value.number;
}

/* The program has the element, updates it with 1, and then writes 2 to what it has. */
static void show_late(const char *what, __u64 flags)
{
	example_must("write an element", update(0, 0, BPF_ANY));
	skel->bss->flags = flags;
	run_program(skel->progs.write_late);
	printf("  %-40s %u\n", what, look_up(0));
}

static void show_flags(void)
{
	printf("the lock, and what must be there\n");
	example_tell("BPF_F_LOCK, a new key", update(1, 1, BPF_F_LOCK));
	example_tell("BPF_F_LOCK | BPF_NOEXIST, the same key",
		     update(1, 1, BPF_F_LOCK | BPF_NOEXIST));
	example_tell("BPF_F_LOCK | BPF_EXIST, the same key", update(1, 1, BPF_F_LOCK | BPF_EXIST));
	example_tell("BPF_F_LOCK | BPF_EXIST, another key", update(2, 1, BPF_F_LOCK | BPF_EXIST));
}

/* Makes a map whose value is the same struct. */
static void show_type(const char *name, enum bpf_map_type type)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .btf_fd = bpf_object__btf_fd(skel->obj),
		    .btf_key_type_id = bpf_map__btf_key_type_id(skel->maps.values),
		    .btf_value_type_id = bpf_map__btf_value_type_id(skel->maps.values));
	int map = bpf_map_create(type, "lock", sizeof(__u32), sizeof(struct value), 8, &opts);

	printf("  %-40s %s\n", name, map < 0 ? "no" : "yes");
}

int main(void)
{
	skel = hash_lock__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	printf("a program writes 2 to an element that was updated with 1 meanwhile\n");
	show_late("BPF_ANY", BPF_ANY);
	show_late("BPF_F_LOCK", BPF_F_LOCK);
	show_flags();
	printf("types of maps that may have the lock\n");
	show_type("hash", BPF_MAP_TYPE_HASH);
	show_type("array", BPF_MAP_TYPE_ARRAY);
	show_type("percpu_hash", BPF_MAP_TYPE_PERCPU_HASH);
	show_type("lru_hash", BPF_MAP_TYPE_LRU_HASH);
	show_type("lru_percpu_hash", BPF_MAP_TYPE_LRU_PERCPU_HASH);
	hash_lock__destroy(skel);
	return 0;
}
