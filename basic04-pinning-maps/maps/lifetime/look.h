/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What lifetime and attachment share: a map, a program that uses it, and whether the map is there.
 */
#ifndef LOOK_H
#define LOOK_H

#include <linux/membarrier.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

/* The kernel lets go of a program, and of an unlinked pin, after an RCU grace period and in a
 * worker: what is there now may be gone soon, so look again after some grace periods.
 */
static inline bool is_there(__u32 id)
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

/* Prints whether the map is there. */
static inline void look(const char *after, __u32 id)
{
	printf("  %-40s %s\n", after, is_there(id) ? "there" : "gone");
}

/* Begins a scene by making a map. */
static inline int make_map(const char *scene, __u32 *id)
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

/* Loads a program that uses the map: r0 = the map, which is two instructions in one; r0 = XDP_PASS;
 * return.
 */
static inline int load_program(int map)
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

#endif /* LOOK_H */
