// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a value for each CPU looks like to user space. */
#include <sys/mman.h>
#include <unistd.h>

#include "../run.h"
#include "maps/per_cpu/per_cpu.skel.h"

static const __u32 key;

/* A buffer that ends where no memory follows. */
static char *make_buffer(size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page * page;
	char *memory = mmap(NULL, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	example_must("get memory", memory == MAP_FAILED ? -errno : 0);
	example_must("fence it", mprotect(memory + pages, page, PROT_NONE) ? -errno : 0);
	return memory + pages - size;
}

/* A map of one element, whose value is 0 for each CPU. */
static int make_map(enum bpf_map_type type, size_t value_size, int cpus)
{
	int map = bpf_map_create(type, "per_cpu", sizeof(key), value_size, 1, NULL);
	char *zeros = make_buffer(cpus * (value_size + 8));

	example_must("make a map", map);
	example_must("write to it", bpf_map_update_elem(map, &key, zeros, BPF_ANY));
	return map;
}

/* How many bytes does a lookup write, for each CPU? */
static void show_size(enum bpf_map_type type, size_t value_size, int cpus)
{
	int map = make_map(type, value_size, cpus);
	size_t size = cpus * (value_size + 8);
	char *buffer = make_buffer(size);

	memset(buffer, 0xee, size);
	example_must("read the map", bpf_map_lookup_elem(map, &key, buffer));
	while (size && buffer[size - 1] == (char)0xee)
		size--;
	printf("  a value of %2zu bytes takes %2zu\n", value_size, size / cpus);
	close(map);
}

/* Each CPU's value is 100 and its number: how many are found, if they are that far from each other?
 */
static void show_found(const char *buffer, int distance, int cpus)
{
	int found = 0, cpu;
	__u32 value;

	for (cpu = 0; cpu < cpus; cpu++) {
		memcpy(&value, buffer + cpu * distance, sizeof(value));
		found += value == 100u + cpu;
	}
	printf("  found at %d * CPU: %s\n", distance,
	       found == cpus && distance == 8 ? "all" :
	       found == 1		      ? "that of CPU 0" :
						"wrong");
}

static void show_places(enum bpf_map_type type, int cpus)
{
	int map = make_map(type, 4, cpus), cpu;
	char *written = make_buffer(cpus * 8), *read = make_buffer(cpus * 8);

	for (cpu = 0; cpu < cpus; cpu++)
		*(__u32 *)(written + cpu * 8) = 100 + cpu;
	example_must("write to the map", bpf_map_update_elem(map, &key, written, BPF_EXIST));
	example_must("read the map", bpf_map_lookup_elem(map, &key, read));
	show_found(read, 8, cpus);
	show_found(read, 4, cpus);
	close(map);
}

/* The kernel writes to, and reads from, a buffer whose size it was not told. */
static void show_buffers(enum bpf_map_type type, int cpus)
{
	int map = make_map(type, 4, cpus);
	char *enough = make_buffer(cpus * 8), *too_small = make_buffer((cpus - 1) * 8);

	example_tell("lookup, all CPUs", bpf_map_lookup_elem(map, &key, enough));
	example_tell("update, all CPUs", bpf_map_update_elem(map, &key, enough, BPF_EXIST));
	example_tell("lookup, one CPU fewer", bpf_map_lookup_elem(map, &key, too_small));
	example_tell("update, one CPU fewer", bpf_map_update_elem(map, &key, too_small, BPF_EXIST));
	close(map);
}

/* On each CPU, once; not on one where this process may not go. */
static void show_program(int cpus)
{
	struct per_cpu *skel = per_cpu__open_and_load();
	__u32 *ran = calloc(cpus, sizeof(*ran));
	char *counted = make_buffer(cpus * 8);
	int right = 0, cpu;

	example_must("load the program", skel ? 0 : -errno);
	example_must("get memory", ran ? 0 : -ENOMEM);
	for (cpu = 0; cpu < cpus; cpu++)
		if (run_on_cpu(cpu) == 0)
			ran[cpu] = run_program(skel->progs.count_run) == XDP_PASS;
	example_must("read the map",
		     bpf_map_lookup_elem(bpf_map__fd(skel->maps.runs), &key, counted));
	for (cpu = 0; cpu < cpus; cpu++)
		right += *(__u32 *)(counted + cpu * 8) == ran[cpu];
	printf("  each run counted where it ran: %s\n", right == cpus ? "yes" : "no");
	free(ran);
	per_cpu__destroy(skel);
}

static void show(const char *name, enum bpf_map_type type, int cpus)
{
	printf("%s, for each possible CPU\n", name);
	show_size(type, 4, cpus);
	show_size(type, 8, cpus);
	show_size(type, 12, cpus);
	show_places(type, cpus);
	show_buffers(type, cpus);
}

int main(void)
{
	int cpus = example_must("count the CPUs", libbpf_num_possible_cpus());

	show("array", BPF_MAP_TYPE_PERCPU_ARRAY, cpus);
	show("hash", BPF_MAP_TYPE_PERCPU_HASH, cpus);
	printf("a program, on one CPU after the other\n");
	show_program(cpus);
	return 0;
}
