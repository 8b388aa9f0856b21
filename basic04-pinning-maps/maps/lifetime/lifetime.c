// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What keeps a map alive: descriptors, pins, programs; and which of them go when what goes. */
#include <linux/if_link.h>
#include <linux/membarrier.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../example.h"

#define DIR "/sys/fs/bpf/lifetime"
#define PIN DIR "/pin"
#define PIN2 DIR "/pin2"

static int lo; /* of a network namespace of this process alone */

/* The kernel lets go of a program, and of an unlinked pin, after an RCU grace period and in a
 * worker: what is there now may be gone soon, so look again after some grace periods.
 */
static bool is_there(__u32 id)
{
	for (int round = 0; round < 10; round++) {
		int map = bpf_map_get_fd_by_id(id);

		if (map == -ENOENT)
			return false;
		close(example_must("open a map by its ID", map));
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		usleep(20 * 1000);
	}
	return true;
}

static void look(const char *after, __u32 id)
{
	printf("  %-40s %s\n", after, is_there(id) ? "there" : "gone");
}

static int make_map(const char *scene, __u32 *id)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int map = example_must("make a map",
			       bpf_map_create(BPF_MAP_TYPE_ARRAY, "map", 4, 4, 1, NULL));

	example_must("ask about the map", bpf_obj_get_info_by_fd(map, &info, &size));
	*id = info.id;
	printf("%s: map id %u\n", scene, *id);
	return map;
}

/* r0 = the map, which is two instructions in one; r0 = XDP_PASS; return. */
static int load_program(int map)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{},
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return example_must("load a program",
			    bpf_prog_load(BPF_PROG_TYPE_XDP, "program", "Dual BSD/GPL", insns,
					  EXAMPLE_ELEMENTS(insns), NULL));
}

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

static void attached_to_device(void)
{
	__u32 id;
	int map = make_map("a program attached to a device", &id), program = load_program(map);

	example_must("attach", bpf_xdp_attach(lo, program, XDP_FLAGS_SKB_MODE, NULL));
	close(map);
	close(program);
	look("map and program closed", id);
	example_must("detach", bpf_xdp_detach(lo, XDP_FLAGS_SKB_MODE, NULL));
	look("program detached", id);
}

static void attached_by_link(void)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
	__u32 id;
	int map = make_map("a program attached by a link", &id), program = load_program(map);
	int link = example_must("attach", bpf_link_create(program, lo, BPF_XDP, &opts));

	close(map);
	close(program);
	look("map and program closed", id);
	close(link);
	look("link closed", id);
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
	example_must("get an own network", unshare(CLONE_NEWNET) ? -errno : 0);
	lo = if_nametoindex("lo");
	closed_then_unpinned();
	unpinned_then_closed();
	used_by_program();
	attached_to_device();
	attached_by_link();
	in_outer_map();
	clean_up();
	return 0;
}
