// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One element read, deleted, and both at once. */
#include <bpf/bpf.h>

#include "../example.h"

static int make_map(enum bpf_map_type type, __u32 key_size)
{
	return example_must("make a map", bpf_map_create(type, "read", key_size, 4, 3, NULL));
}

static void put(int map, const __u32 *key, __u32 value)
{
	example_must("write an element", bpf_map_update_elem(map, key, &value, BPF_ANY));
}

/* Prints "what: value", or the error. */
static void tell_value(const char *what, int ret, __u32 value)
{
	if (ret)
		example_tell(what, ret);
	else
		printf("  %-40s %u\n", what, value);
}

static void lookup(int map, __u32 key)
{
	__u32 value = 0;
	char what[64];
	int ret = bpf_map_lookup_elem(map, &key, &value);

	snprintf(what, sizeof(what), "lookup, key %u", key);
	tell_value(what, ret, value);
}

static void erase(int map, __u32 key)
{
	char what[64];

	snprintf(what, sizeof(what), "delete, key %u", key);
	example_tell(what, bpf_map_delete_elem(map, &key));
}

static void take(int map, const __u32 *key)
{
	__u32 value = 0;
	char what[64] = "lookup and delete";
	int ret = bpf_map_lookup_and_delete_elem(map, key, &value);

	if (key)
		snprintf(what, sizeof(what), "lookup and delete, key %u", *key);
	tell_value(what, ret, value);
}

static void show_hash(void)
{
	int map = make_map(BPF_MAP_TYPE_HASH, 4);
	__u32 one = 1, two = 2;

	put(map, &one, 10);
	put(map, &two, 20);
	lookup(map, 1);
	lookup(map, 3);
	erase(map, 1);
	erase(map, 1);
	take(map, &two);
	take(map, &two);
}

static void show_array(void)
{
	int map = make_map(BPF_MAP_TYPE_ARRAY, 4);

	lookup(map, 1);
	lookup(map, 3);
	erase(map, 1);
}

static void show_queue(void)
{
	int map = make_map(BPF_MAP_TYPE_QUEUE, 0);

	put(map, NULL, 10);
	put(map, NULL, 20);
	take(map, NULL);
	take(map, NULL);
	take(map, NULL);
}

int main(void)
{
	printf("hash, of 1: 10 and 2: 20\n");
	show_hash();
	printf("array, room for 3 elements, none written yet\n");
	show_array();
	printf("queue, of 10 and 20\n");
	show_queue();
	return 0;
}
