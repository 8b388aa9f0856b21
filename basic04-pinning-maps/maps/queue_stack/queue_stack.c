// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps without keys: what goes in and what comes out, in user space and in a program. */
#include "../run.h"
#include "maps/queue_stack/queue_stack.skel.h"

/* Prints the number that came out, or why none did. */
static void tell(const char *what, int ret, const __u32 *number)
{
	if (ret < 0)
		example_tell(what, ret);
	else
		printf("  %-40s %u\n", what, *number);
}

static void push(int map, const char *flag, __u64 flags, __u32 number)
{
	char what[64];

	snprintf(what, sizeof(what), "push %u, %s", number, flag);
	example_tell(what, bpf_map_update_elem(map, NULL, &number, flags));
}

static void peek(int map)
{
	__u32 number = 0;

	tell("peek", bpf_map_lookup_elem(map, NULL, &number), &number);
}

static void pop(int map)
{
	__u32 number = 0;

	tell("pop", bpf_map_lookup_and_delete_elem(map, NULL, &number), &number);
}

static void show_user_space(int map)
{
	__u32 key = 0, number = 0;

	push(map, "BPF_ANY", BPF_ANY, 1);
	push(map, "BPF_ANY", BPF_ANY, 2);
	push(map, "BPF_ANY", BPF_ANY, 3);
	push(map, "BPF_ANY", BPF_ANY, 4);
	push(map, "BPF_EXIST", BPF_EXIST, 5);
	push(map, "BPF_NOEXIST", BPF_NOEXIST, 6);
	peek(map);
	pop(map);
	pop(map);
	pop(map);
	pop(map);
	example_tell("lookup with a key", bpf_map_lookup_elem(map, &key, &number));
	example_tell("delete", bpf_map_delete_elem(map, NULL));
	example_tell("next key", bpf_map_get_next_key(map, NULL, &key));
}

/* A program returns what its helper has returned. */
static void show_program(struct queue_stack *skeleton)
{
	__u32 *number = &skeleton->bss->number;
	int map = bpf_map__fd(skeleton->maps.numbers);

	for (*number = 7; *number <= 10; (*number)++) {
		char what[64];

		snprintf(what, sizeof(what), "the program pushes %u", *number);
		example_tell(what, run_program(skeleton->progs.push));
	}
	tell("the program peeks", run_program(skeleton->progs.peek), number);
	tell("the program pops", run_program(skeleton->progs.pop), number);
	pop(map);
	pop(map);
	tell("the program pops", run_program(skeleton->progs.pop), number);
}

static void show(const char *name, enum bpf_map_type type)
{
	struct queue_stack *skeleton = queue_stack__open();

	example_must("open the programs", skeleton ? 0 : -errno);
	example_must("set the type", bpf_map__set_type(skeleton->maps.numbers, type));
	example_must("load the programs", queue_stack__load(skeleton));
	printf("%s, room for 3 elements\n", name);
	show_user_space(bpf_map__fd(skeleton->maps.numbers));
	printf("%s, with a program\n", name);
	show_program(skeleton);
	queue_stack__destroy(skeleton);
}

int main(void)
{
	show("queue", BPF_MAP_TYPE_QUEUE);
	show("stack", BPF_MAP_TYPE_STACK);
	return 0;
}
