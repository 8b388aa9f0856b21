// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps as elements of a map: which one a program works on is chosen, and changed, at run time. */
#include <pthread.h>
#include <unistd.h>

#include "../run.h"
#include "maps/map_in_map/map_in_map.skel.h"

#define SLOT 2
#define SWAPS 10

static int map_make(enum bpf_map_type type, __u32 value_size, __u32 elements)
{
	return example_must("make a map",
			    bpf_map_create(type, "inner", 4, value_size, elements, NULL));
}

static __u64 counted(int counter)
{
	__u32 first = 0;
	__u64 runs = 0;

	example_must("read a counter", bpf_map_lookup_elem(counter, &first, &runs));
	return runs;
}

static int slot_put(int slots, int map)
{
	__u32 slot = SLOT;

	return bpf_map_update_elem(slots, &slot, &map, BPF_ANY);
}

/* Runs the program on a frame that asks for SLOT, so many times. */
static const char *run(const struct bpf_program *program, int times)
{
	static const unsigned char frame[64] = { SLOT };

	return run_on_frame(program, frame, sizeof(frame), times) == XDP_PASS ? "counts" :
										"finds no map";
}

static void show_slot(int slots, const struct bpf_program *program, int blue)
{
	__u32 slot = SLOT, id = 0;

	printf("slot %d\n", SLOT);
	printf("  %-40s %s\n", "the program", run(program, 1));
	example_tell("lookup", bpf_map_lookup_elem(slots, &slot, &id));
	example_tell("update with blue", slot_put(slots, blue));
	printf("  %-40s %s\n", "the program", run(program, 1));
	example_must("look slot up", bpf_map_lookup_elem(slots, &slot, &id));
	printf("  %-40s id %u\n", "lookup", id);
	printf("  %-40s %llu\n", "counted in the map of that ID",
	       counted(example_must("open it", bpf_map_get_fd_by_id(id))));
}

struct runner {
	const struct bpf_program *program;
	__u64 runs;
	bool stop;
};

static void *run_until_stop(void *argument)
{
	struct runner *runner = argument;

	for (; !__atomic_load_n(&runner->stop, __ATOMIC_RELAXED); runner->runs += 1000)
		run(runner->program, 1000);
	return NULL;
}

/* Puts a map in the place of another. Returns whether the program was seen to count in it; adds up
 * what the other has counted after that.
 */
static bool swap(int slots, int from, int to, __u64 *late)
{
	__u64 before = counted(to), at_swap;

	example_must("change the slot", slot_put(slots, to));
	at_swap = counted(from);
	for (int i = 0; i < 100000 && counted(to) == before; i++)
		usleep(100);
	*late += counted(from) - at_swap;
	return counted(to) != before;
}

static void show_swap(int slots, const struct bpf_program *program, int blue, int green)
{
	__u64 before = counted(blue) + counted(green), late = 0;
	struct runner runner = { .program = program };
	pthread_t thread;
	int swaps = 0;

	printf("blue and green take turns, while the program runs\n");
	example_must("start a thread", -pthread_create(&thread, NULL, run_until_stop, &runner));
	while (swaps < SWAPS && swap(slots, blue, green, &late) && swap(slots, green, blue, &late))
		swaps += 2;
	__atomic_store_n(&runner.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	printf("  %-40s %d\n", "changes that the program followed", swaps);
	printf("  %-40s %llu\n", "runs counted in neither",
	       before + runner.runs - counted(blue) - counted(green));
	printf("  %-40s %llu\n", "counted in a map after it was replaced", late);
}

static void show_template(int slots, const struct bpf_program *program)
{
	printf("the template is an array, value of 8 bytes, 1 element\n");
	example_tell("value of 4 bytes", slot_put(slots, map_make(BPF_MAP_TYPE_ARRAY, 4, 1)));
	example_tell("2 elements", slot_put(slots, map_make(BPF_MAP_TYPE_ARRAY, 8, 2)));
	example_tell("a hash", slot_put(slots, map_make(BPF_MAP_TYPE_HASH, 8, 1)));
	example_tell("not a map, but the program", slot_put(slots, bpf_program__fd(program)));
}

static void show_hash(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = map_make(BPF_MAP_TYPE_HASH, 8, 1));
	int outer = bpf_map_create(BPF_MAP_TYPE_HASH_OF_MAPS, "outer", 4, 4, 8, &opts);
	int big = map_make(BPF_MAP_TYPE_HASH, 8, 1000);
	__u32 key = 4711, id;

	printf("a hash of maps; the template is a hash of 1 element\n");
	example_must("make a hash of maps", outer);
	example_tell("update with a hash of 1000 elements",
		     bpf_map_update_elem(outer, &key, &big, BPF_NOEXIST));
	example_tell("delete", bpf_map_delete_elem(outer, &key));
	example_tell("lookup", bpf_map_lookup_elem(outer, &key, &id));
	opts.inner_map_fd = outer;
	example_tell("a map with that one as the template",
		     bpf_map_create(BPF_MAP_TYPE_HASH_OF_MAPS, "outermost", 4, 4, 8, &opts));
}

int main(void)
{
	struct map_in_map *skeleton = map_in_map__open_and_load();
	const struct bpf_program *program;
	int blue = map_make(BPF_MAP_TYPE_ARRAY, 8, 1), green = map_make(BPF_MAP_TYPE_ARRAY, 8, 1);
	int slots;

	example_must("load the program", skeleton ? 0 : -errno);
	slots = bpf_map__fd(skeleton->maps.slots);
	program = skeleton->progs.count;
	show_slot(slots, program, blue);
	show_swap(slots, program, blue, green);
	show_template(slots, program);
	show_hash();
	map_in_map__destroy(skeleton);
	return 0;
}
