// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Going through all elements of a hash, key by key, while the hash changes. */
#include <stdbool.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

#define N 1000	     /* elements at the start; there is room for as many again */
#define ENOUGH 50000 /* visits, after which a walk counts as one without an end */

/* Adds or changes the elements of N keys from the first on; the value of each is its key. */
static void put(int map, __u32 first, __u32 count)
{
	__u32 keys[N], i;

	for (i = 0; i < count; i++)
		keys[i] = first + i;
	example_must("write elements", bpf_map_update_batch(map, keys, keys, &count, NULL));
}

static int make_map(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "walk", 4, 4, 2 * N, NULL);

	put(example_must("make a map", map), 0, N);
	return map;
}

/* The n-th visit, to the element of a key; next is known where it was asked for before. */
struct visit {
	int map;
	__u32 n, key, next;
};

static void nothing(const struct visit *visit)
{
	(void)visit;
}

static void add_once(const struct visit *visit)
{
	if (visit->n == N / 2)
		put(visit->map, N, N);
}

static void delete_once(const struct visit *visit)
{
	if (visit->n == N / 2)
		example_must("delete", bpf_map_delete_elem(visit->map, &visit->key));
}

static void delete_next_once(const struct visit *visit)
{
	if (visit->n == N / 2)
		example_must("delete", bpf_map_delete_elem(visit->map, &visit->next));
}

static void delete_each(const struct visit *visit)
{
	example_must("delete", bpf_map_delete_elem(visit->map, &visit->key));
}

static void update_each(const struct visit *visit)
{
	put(visit->map, visit->key, 1);
}

/* As another program may do at any time. */
static void update_next_each(const struct visit *visit)
{
	__u32 next;

	if (!bpf_map_get_next_key(visit->map, &visit->key, &next))
		put(visit->map, next, 1);
}

/* Asks for the next key before the visit, or after it; returns the number of visits. */
static __u32 walk_keys(int map, bool ask_first, void (*change)(const struct visit *visit))
{
	struct visit visit = { .map = map };
	int ret = bpf_map_get_next_key(map, NULL, &visit.key);

	while (!ret && visit.n < ENOUGH) {
		visit.n++;
		if (ask_first)
			ret = bpf_map_get_next_key(map, &visit.key, &visit.next);
		change(&visit);
		if (!ask_first)
			ret = bpf_map_get_next_key(map, &visit.key, &visit.next);
		visit.key = visit.next;
	}
	if (ret != -ENOENT)
		example_must("ask for a key", ret);
	return visit.n;
}

static void show_keys(const char *what, bool ask_first, void (*change)(const struct visit *visit))
{
	int map = make_map();
	__u32 n = walk_keys(map, ask_first, change);

	printf("  %-40s ", what);
	if (n == ENOUGH)
		printf("no end\n");
	else if (n < N)
		printf("fewer than %d visits\n", N);
	else if (change == add_once && n > N && n < 2 * N)
		printf("%d visits, and some\n", N);
	else
		printf("%u visits\n", n);
	close(map);
}

int main(void)
{
	printf("1000 elements, key by key, the next key asked for after the visit\n");
	show_keys("nothing changes", false, nothing);
	show_keys("the 500th visit adds 1000 elements", false, add_once);
	show_keys("the 500th visit deletes its element", false, delete_once);
	show_keys("each visit deletes its element", false, delete_each);
	show_keys("each visit updates its element", false, update_each);
	show_keys("each visit updates the next element", false, update_next_each);
	printf("the same, the next key asked for before the visit\n");
	show_keys("the 500th visit deletes its element", true, delete_once);
	show_keys("the 500th visit deletes the next element", true, delete_next_once);
	show_keys("each visit deletes its element", true, delete_each);
	show_keys("each visit updates its element", true, update_each);
	return 0;
}
