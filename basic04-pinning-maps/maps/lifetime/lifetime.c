// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What keeps a map alive: descriptors, pins, programs, other maps. */
#include <sys/stat.h>

#include "look.h"

#define DIR "/sys/fs/bpf/lifetime"
#define PIN DIR "/pin"
#define PIN2 DIR "/pin2"

static void pin(int fd, const char *path)
{
	example_must("pin at " DIR, bpf_obj_pin(fd, path));
}

static void closed_then_unpinned(void)
{
	__u32 id;
	int map = make_map("a descriptor and two pins", &id);

	pin(map, PIN);
	pin(map, PIN2);
	close(map);
	look("descriptor closed", id);
	unlink(PIN);
	look("one pin removed", id);
	unlink(PIN2);
	look("both pins removed", id);
}

static void unpinned_then_closed(void)
{
	__u32 id, key = 0, value = 1;
	int map = make_map("a pin that is removed while the map is open", &id);

	pin(map, PIN);
	close(map);
	map = example_must("open the pin", bpf_obj_get(PIN));
	unlink(PIN);
	look("pin removed", id);
	example_tell("update by the descriptor", bpf_map_update_elem(map, &key, &value, 0));
	example_tell("pin it again", bpf_obj_pin(map, PIN));
	unlink(PIN);
	close(map);
	look("descriptor closed, pin removed", id);
}

static void used_by_program(void)
{
	__u32 id;
	int map = make_map("a program that uses the map", &id), program = load_program(map);

	pin(map, PIN);
	close(map);
	unlink(PIN);
	look("map closed and unpinned", id);
	pin(program, PIN);
	close(program);
	look("program pinned and closed", id);
	unlink(PIN);
	look("program unpinned", id);
}

static void in_outer_map(void)
{
	__u32 id, key = 0;
	int map = make_map("a map in a map", &id);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = map);
	int outer = example_must("make a map of maps", bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS,
								      "outer", 4, 4, 1, &opts));

	example_must("put the map there", bpf_map_update_elem(outer, &key, &map, 0));
	close(map);
	look("inner map closed", id);
	example_must("delete the element", bpf_map_delete_elem(outer, &key));
	look("element of the outer map deleted", id);
	close(outer);
}

static void clean_up(void)
{
	unlink(PIN);
	unlink(PIN2);
	rmdir(DIR);
}

int main(void)
{
	clean_up(); /* of a run that was killed */
	example_must("make the folder " DIR, mkdir(DIR, 0700) ? -errno : 0);
	closed_then_unpinned();
	unpinned_then_closed();
	used_by_program();
	in_outer_map();
	clean_up();
	return 0;
}
