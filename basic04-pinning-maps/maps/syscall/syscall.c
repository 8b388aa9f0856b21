// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The system call behind bpf_map_create(), made by hand. */
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

/* There is one system call for everything: what to do, its arguments, and their size. */
static int call(enum bpf_cmd command, union bpf_attr *attr, size_t size)
{
	long ret = syscall(SYS_bpf, command, attr, size);

	return ret < 0 ? -errno : (int)ret;
}

/* The arguments of one command. What the command does not use must be 0. */
static union bpf_attr array(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(__u32);
	attr.value_size = sizeof(__u64);
	attr.max_entries = 4;
	strcpy(attr.map_name, "by_hand");
	return attr;
}

/* Prints what the kernel knows of the map, or the error. */
static void describe(const char *how, int map)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (map < 0) {
		example_tell(how, map);
		return;
	}
	example_must("ask for the map", bpf_obj_get_info_by_fd(map, &info, &size));
	printf("  %-40s \"%s\", %u elements of %u bytes\n", how, info.name, info.max_entries,
	       info.value_size);
	close(map);
}

static void show_both(void)
{
	union bpf_attr attr = array();

	printf("the same map, made twice\n");
	describe("bpf()", call(BPF_MAP_CREATE, &attr, sizeof(attr)));
	describe("bpf_map_create()", bpf_map_create(BPF_MAP_TYPE_ARRAY, "by_libbpf", sizeof(__u32),
						    sizeof(__u64), 4, NULL));
}

/* Programs and kernels are of different years: each may know more arguments than the other. */
static void show_sizes(void)
{
	struct {
		union bpf_attr attr;
		char newer[2048];
	} longer = { .attr = array() };

	printf("arguments of another size\n");
	describe("up to max_entries, as in 2014",
		 call(BPF_MAP_CREATE, &longer.attr, offsetof(union bpf_attr, map_flags)));
	describe("2048 bytes more, zeros", call(BPF_MAP_CREATE, &longer.attr, sizeof(longer)));
	longer.newer[2047] = 1;
	describe("2048 bytes more, not all zeros",
		 call(BPF_MAP_CREATE, &longer.attr, sizeof(longer)));
}

static void show_errors(void)
{
	union bpf_attr attr = array();

	printf("what is refused\n");
	attr.map_name[2] = '-';
	describe("a name with a hyphen", call(BPF_MAP_CREATE, &attr, sizeof(attr)));
	attr = array();
	attr.line_info_cnt = 1;
	describe("an argument of another command", call(BPF_MAP_CREATE, &attr, sizeof(attr)));
	attr = array();
	example_tell("a command that there is not", call(4711, &attr, sizeof(attr)));
}

int main(void)
{
	show_both();
	show_sizes();
	show_errors();
	return 0;
}
