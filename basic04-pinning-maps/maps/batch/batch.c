// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Many elements of a hash at a time, while the hash changes. */
#include <stdbool.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

#define N 1000 /* elements */

/* Writes all elements; the value of each is its key. */
static void put_all(int map)
{
	__u32 keys[N], count = N;

	for (__u32 i = 0; i < N; i++)
		keys[i] = i;
	example_must("write elements", bpf_map_update_batch(map, keys, keys, &count, NULL));
}

static int make_map(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "batch", 4, 4, 2 * N, NULL);

	put_all(example_must("make a map", map));
	return map;
}

/* All batches, of at most step elements; twice as many where a bucket has more. */
static void show_batches(const char *what, __u32 step, bool delete, bool update)
{
	typeof(bpf_map_lookup_batch) *read = delete ? bpf_map_lookup_and_delete_batch :
						      bpf_map_lookup_batch;
	__u32 keys[N], values[N], place, *from = NULL, count, i, once = 0;
	unsigned char met[N] = {};
	int map = make_map(), ret;
	bool no_space = false;

	do {
		count = step;
		ret = read(map, from, &place, keys, values, &count, NULL);
		from = &place;
		for (i = 0; i < count; i++)
			met[keys[i]]++;
		if (ret == -ENOSPC) {
			no_space = true;
			step *= 2;
		}
		if (update)
			put_all(map);
	} while (!ret || ret == -ENOSPC);
	for (i = 0; i < N; i++)
		once += met[i] == 1;
	printf("  %-40s %u met once, %s%s\n", what, once, no_space ? "ENOSPC, and at the end " : "",
	       example_answer(ret));
	close(map);
}

int main(void)
{
	printf("1000 elements, in batches\n");
	show_batches("one batch of 1000", N, false, false);
	show_batches("batches of 100", 100, false, false);
	show_batches("batches of 100, all updated after each", 100, false, true);
	show_batches("batches of 1", 1, false, false);
	show_batches("batches of 100, deleted as they are read", 100, true, false);
	return 0;
}
