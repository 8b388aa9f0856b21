// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A lock within a value: where all take it, nobody meets half of a change. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "../run.h"
#include "maps/spin_lock/spin_lock.skel.h"

#define PATIENCE 10 /* seconds to wait for a torn pair where there should be one */

/* As in spin_lock.bpf.c. */
struct pair {
	struct bpf_spin_lock lock;
	__u32 first, between[16384], second;
};

static const __u32 key;
static int cpus[2];

/* Two threads write, one reads: by a program, or by lookup with the lock where there is none. */
struct scene {
	int map;
	__u64 write_flags;
	struct bpf_program *reader;
	atomic_int writers;
	atomic_bool stop;
};

/* Each on a CPU of its own: left to themselves, all may share one for long. */
static void *write_pairs(void *arg)
{
	struct scene *scene = arg;
	struct pair pair = {};

	example_must("stay on a CPU", run_on_cpu(cpus[scene->writers++]));
	while (!scene->stop) {
		pair.first = ++pair.second;
		example_must("write a pair",
			     bpf_map_update_elem(scene->map, &key, &pair, scene->write_flags));
	}
	return NULL;
}

static bool lookup_tears(int map)
{
	struct pair pair;

	example_must("read a pair", bpf_map_lookup_elem_flags(map, &key, &pair, BPF_F_LOCK));
	return pair.first != pair.second;
}

/* Reads until a pair is torn, or for some seconds. */
static bool read_pairs(const struct scene *scene, int seconds)
{
	time_t end = time(NULL) + seconds;
	bool torn = false;

	while (!torn && time(NULL) <= end)
		torn = scene->reader ? run_program(scene->reader) != XDP_PASS :
				       lookup_tears(scene->map);
	return torn;
}

static bool play(struct scene *scene, int seconds)
{
	struct pair whole = {};
	pthread_t writers[2];
	bool torn;
	size_t i;

	/* Two writers without the lock may have left a torn one. */
	example_must("write a pair", bpf_map_update_elem(scene->map, &key, &whole, BPF_F_LOCK));
	for (i = 0; i < EXAMPLE_ELEMENTS(writers); i++)
		example_must("start a thread",
			     -pthread_create(&writers[i], NULL, write_pairs, scene));
	torn = read_pairs(scene, seconds);
	scene->stop = true;
	for (i = 0; i < EXAMPLE_ELEMENTS(writers); i++)
		pthread_join(writers[i], NULL);
	return torn;
}

static void show(const char *what, bool torn)
{
	printf("  %-40s torn: %s\n", what, torn ? "some" : "none");
}

static void show_torn(const char *what, struct scene scene)
{
	bool torn = play(&scene, PATIENCE);

	if (!torn && cpus[0] == cpus[1])
		run_skip("one CPU, and this kernel does not interrupt a copy: no pair was torn");
	show(what, torn);
}

static void show_whole(const char *what, struct scene scene)
{
	show(what, play(&scene, 1));
}

/* Who takes the lock? */
static void show_pairs(struct spin_lock *skel)
{
	int map = bpf_map__fd(skel->maps.pairs);
	struct bpf_program *locked = skel->progs.read_locked, *unlocked = skel->progs.read_unlocked;

	show_torn("nobody", (struct scene){ map, BPF_ANY, unlocked });
	show_torn("the reader", (struct scene){ map, BPF_ANY, locked });
	show_torn("the writers", (struct scene){ map, BPF_F_LOCK, unlocked });
	show_whole("all", (struct scene){ map, BPF_F_LOCK, locked });
	show_whole("all, the reader by a lookup", (struct scene){ map, BPF_F_LOCK, NULL });
}

static void show_flag(int map)
{
	struct pair pair = {};

	example_tell("update, BPF_F_LOCK", bpf_map_update_elem(map, &key, &pair, BPF_F_LOCK));
	example_tell("lookup, BPF_F_LOCK", bpf_map_lookup_elem_flags(map, &key, &pair, BPF_F_LOCK));
}

static void show_flag_without_btf(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "no_btf", sizeof(key), sizeof(struct pair), 1,
				 NULL);

	show_flag(example_must("make a map", map));
	close(map);
}

int main(void)
{
	struct spin_lock *skel = spin_lock__open_and_load();

	example_must("load the programs", skel ? 0 : -errno);
	run_find_cpus(cpus);
	printf("a map without BTF\n");
	show_flag_without_btf();
	printf("the same map, with BTF that says where the lock is\n");
	show_flag(bpf_map__fd(skel->maps.pairs));
	printf("two threads write pairs, a program reads them; who takes the lock?\n");
	show_pairs(skel);
	spin_lock__destroy(skel);
	return 0;
}
