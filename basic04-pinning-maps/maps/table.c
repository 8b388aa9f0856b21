// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this kernel answers to each operation on each type of map: asked, not looked up. A new map
 * for each answer, so that none depends on the one before.
 */
#include <sched.h>

#include "table_types.h"

enum op {
	UPDATE,
	NOEXIST,
	EXIST,
	LOOKUP,
	DELETE,
	POP,
	NEXT,
	B_UPDATE,
	B_LOOKUP,
	B_DELETE,
	B_POP,
	FREEZE
};

static const struct column {
	const char *name;
	int width;
	bool puts; /* into an empty map; the others find an element in it, if it takes one */
} columns[] = {
	[UPDATE] = { "update", 10, true }, [NOEXIST] = { "noexist", 10, true },
	[EXIST] = { "exist", 10 },	   [LOOKUP] = { "lookup", 10 },
	[DELETE] = { "delete", 10 },	   [POP] = { "pop", 10 },
	[NEXT] = { "next", 10 },	   [B_UPDATE] = { "update*", 8, true },
	[B_LOOKUP] = { "lookup*", 8 },	   [B_DELETE] = { "delete*", 8 },
	[B_POP] = { "pop*", 8 },	   [FREEZE] = { "freeze", 0 },
};

/* A batch that ends with the last element says ENOENT, and how many it took. */
static int batch(int ret, __u32 count)
{
	return ret == -ENOENT && count ? 0 : ret;
}

static int op_do(enum op op, int map, void *key, void *value)
{
	__u8 next[16];
	__u32 count = 1;
	int ret;

	switch (op) {
	case UPDATE:
		return bpf_map_update_elem(map, key, value, BPF_ANY);
	case NOEXIST:
		return bpf_map_update_elem(map, key, value, BPF_NOEXIST);
	case EXIST:
		return bpf_map_update_elem(map, key, value, BPF_EXIST);
	case LOOKUP:
		return bpf_map_lookup_elem(map, key, value);
	case DELETE:
		return bpf_map_delete_elem(map, key);
	case POP:
		return bpf_map_lookup_and_delete_elem(map, key, value);
	case NEXT:
		return bpf_map_get_next_key(map, NULL, next);
	case B_UPDATE:
		return bpf_map_update_batch(map, key, value, &count, NULL);
	case B_LOOKUP:
		ret = bpf_map_lookup_batch(map, NULL, next, key, value, &count, NULL);
		return batch(ret, count);
	case B_DELETE:
		return bpf_map_delete_batch(map, key, &count, NULL);
	case B_POP:
		ret = bpf_map_lookup_and_delete_batch(map, NULL, next, key, value, &count, NULL);
		return batch(ret, count);
	case FREEZE:
		return bpf_map_freeze(map);
	}
	return -EINVAL;
}

static const char *op_try(const struct context *context, int type, enum op op)
{
	struct element element;
	void *key = types[type].key_size ? element.key : NULL;
	int map = map_make(context, type), ret;
	bool made = element_make(&types[type], &element);

	if (made && !columns[op].puts)
		op_do(UPDATE, map, key, element.value);
	ret = op_do(op, map, key, element.value);
	element_close(&types[type], &element);
	close(map);
	return made ? example_answer(ret) : "-";
}

static void row_print(const struct context *context, int type)
{
	int map = map_make(context, type);

	printf("%-22s %-6s", type_name(type), example_answer(map));
	for (unsigned int op = 0; op < EXAMPLE_ELEMENTS(columns); op++)
		printf(" %-*s", columns[op].width, map < 0 ? "-" : op_try(context, type, op));
	printf("\n");
	if (map >= 0)
		close(map);
}

int main(void)
{
	struct context context;

	libbpf_set_print(NULL);
	example_must("make a network namespace", unshare(CLONE_NEWNET) ? -errno : 0);
	context = context_make();
	printf("%-22s %-6s", "", "create");
	for (unsigned int op = 0; op < EXAMPLE_ELEMENTS(columns); op++)
		printf(" %-*s", columns[op].width, columns[op].name);
	printf("\n");
	for (int type = BPF_MAP_TYPE_HASH; type < TYPES; type++)
		row_print(&context, type);
	return 0;
}
