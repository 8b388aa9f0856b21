// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps that user space, or programs, may only read or only write: by flags, and by freezing. */
#include <stdbool.h>
#include <unistd.h>

#include "../run.h"
#include "maps/readonly/readonly.skel.h"

static int make_map(__u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);

	return example_must("make a map",
			    bpf_map_create(BPF_MAP_TYPE_ARRAY, "settings", 4, 4, 1, &opts));
}

/* Loads the program with that map in place of its own, and runs it once. */
static int try_program(const char *name, int map)
{
	struct readonly *skel = readonly__open();
	struct bpf_program *program;
	int err;

	example_must("open the programs", skel ? 0 : -errno);
	example_must("use the map", bpf_map__reuse_fd(skel->maps.settings, map));
	bpf_object__for_each_program(program, skel->obj)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	err = readonly__load(skel);
	program = bpf_object__find_program_by_name(skel->obj, name);
	if (!err)
		run_program(program);
	readonly__destroy(skel);
	return err;
}

static void try(const char *name, __u32 flags, bool freeze)
{
	__u32 key = 0, value = 1;
	int map = make_map(flags);

	if (freeze)
		example_must("freeze", bpf_map_freeze(map));
	printf("%-26s", name);
	printf(" %-8s", example_answer(bpf_map_lookup_elem(map, &key, &value)));
	printf(" %-8s", example_answer(bpf_map_update_elem(map, &key, &value, 0)));
	printf(" %-8s", example_answer(try_program("reads", map)));
	printf(" %s\n", example_answer(try_program("writes", map)));
	close(map);
}

static void show_value(const char *when, int map)
{
	__u32 key = 0, value = 0;

	example_must("look up", bpf_map_lookup_elem(map, &key, &value));
	printf("  %-40s %u\n", when, value);
}

static void open_again(void)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), key = 0, value = 1;
	int map = make_map(BPF_F_RDONLY), again;

	printf("a map made with BPF_F_RDONLY\n");
	example_must("ask about the map", bpf_obj_get_info_by_fd(map, &info, &size));
	again = example_must("open the map by its ID", bpf_map_get_fd_by_id(info.id));
	example_tell("update", bpf_map_update_elem(map, &key, &value, 0));
	example_tell("update by another descriptor", bpf_map_update_elem(again, &key, &value, 0));
	example_tell("freeze by that one", bpf_map_freeze(again));
	example_tell("update by it", bpf_map_update_elem(again, &key, &value, 0));
	close(again);
	close(map);
}

static void freeze(void)
{
	__u32 key = 0, value = 1;
	int map = make_map(0);

	printf("a frozen map\n");
	example_tell("update", bpf_map_update_elem(map, &key, &value, 0));
	example_tell("freeze", bpf_map_freeze(map));
	example_tell("update", bpf_map_update_elem(map, &key, &value, 0));
	show_value("value", map);
	example_tell("a program writes", try_program("writes", map));
	show_value("value", map);
	close(map);
}

int main(void)
{
	libbpf_set_print(NULL); /* programs that the kernel refuses are answers here */
	printf("%-26s %-17s %s\n", "", "user space", "program");
	printf("%-26s %-8s %-8s %-8s %s\n", "map", "lookup", "update", "reads", "writes");
	try("no flags", 0, false);
	try("BPF_F_RDONLY", BPF_F_RDONLY, false);
	try("BPF_F_WRONLY", BPF_F_WRONLY, false);
	try("BPF_F_RDONLY_PROG", BPF_F_RDONLY_PROG, false);
	try("BPF_F_WRONLY_PROG", BPF_F_WRONLY_PROG, false);
	try("frozen", 0, true);
	try("BPF_F_RDONLY_PROG, frozen", BPF_F_RDONLY_PROG, true);
	open_again();
	freeze();
	return 0;
}
