// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this kernel answers to each operation on each type of map: asked, not looked up. A new map
 * for each answer, so that none depends on the one before.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/if_xdp.h>
#include <linux/perf_event.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "example.h"

/* What the headers may be too old for. */
enum { TYPE_CGRP_STORAGE = 32, TYPE_ARENA, TYPE_INSN_ARRAY, TYPE_RHASH, TYPES };

/* A smallest map of a type, and its element: zeros, or a number, or the descriptor of something
 * made.
 */
struct type {
	__u32 key_size, value_size, entries, flags, value;
	int (*value_make)(void);
	int (*key_make)(void);
	bool has_btf;
};

/* What some types refer to: BTF that describes a key and a value, and what the kernel calls the
 * value of a struct_ops map.
 */
struct context {
	int btf, inner_map;
	__u32 ops_id, ops_size;
};

struct element {
	__u8 key[16], value[1 << 16]; /* as large as a per-CPU value of 8 bytes may be */
	int in_key, in_value;
};

static int program_make(void)
{
	struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", pass, 2, NULL);
}

static int perf_event_make(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.size = sizeof(attr),
	};

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The root of the cgroups, wherever they are mounted or not. */
static int cgroup_make(void)
{
	int fs = fsopen("cgroup2", FSOPEN_CLOEXEC), mount = -1;

	if (fs >= 0 && !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	return mount;
}

static int array_make(void)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);
}

/* A socket may be in one map of those that balance a port only, so each map has its own. */
static int udp_make(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) ? -errno : fd;
}

static int xdp_socket_make(void)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0), entries = 1;

	setsockopt(fd, SOL_XDP, XDP_RX_RING, &entries, sizeof(entries));
	return fd;
}

static int file_make(void)
{
	return memfd_create("file", MFD_CLOEXEC);
}

static int process_make(void)
{
	return syscall(SYS_pidfd_open, getpid(), 0);
}

static const struct type types[TYPES] = {
	[BPF_MAP_TYPE_HASH] = { 4, 4, 1 },
	[BPF_MAP_TYPE_ARRAY] = { 4, 4, 1 },
	[BPF_MAP_TYPE_PROG_ARRAY] = { 4, 4, 1, .value_make = program_make },
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = { 4, 4, 1, .value_make = perf_event_make },
	[BPF_MAP_TYPE_PERCPU_HASH] = { 4, 4, 1 },
	[BPF_MAP_TYPE_PERCPU_ARRAY] = { 4, 4, 1 },
	[BPF_MAP_TYPE_STACK_TRACE] = { 4, 8, 1 },
	[BPF_MAP_TYPE_CGROUP_ARRAY] = { 4, 4, 1, .value_make = cgroup_make },
	/* Of one element, they would evict it to make room for what replaces it. */
	[BPF_MAP_TYPE_LRU_HASH] = { 4, 4, 1024 },
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = { 4, 4, 1024 },
	/* Linux 5.10 replaces none in a full one. */
	[BPF_MAP_TYPE_LPM_TRIE] = { 8, 4, 2, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_ARRAY_OF_MAPS] = { 4, 4, 1, .value_make = array_make },
	[BPF_MAP_TYPE_HASH_OF_MAPS] = { 4, 4, 1, .value_make = array_make },
	/* The index of lo: the first device of a network namespace. */
	[BPF_MAP_TYPE_DEVMAP] = { 4, 4, 1, .value = 1 },
	[BPF_MAP_TYPE_SOCKMAP] = { 4, 8, 1, .value_make = udp_make },
	[BPF_MAP_TYPE_CPUMAP] = { 4, 4, 1, .value = 64 },
	[BPF_MAP_TYPE_XSKMAP] = { 4, 4, 1, .value_make = xdp_socket_make },
	[BPF_MAP_TYPE_SOCKHASH] = { 4, 8, 1, .value_make = udp_make },
	[BPF_MAP_TYPE_CGROUP_STORAGE] = { 16, 4, 0 },
	[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = { 4, 8, 1, .value_make = udp_make },
	[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = { 16, 4, 0 },
	[BPF_MAP_TYPE_QUEUE] = { 0, 4, 1 },
	[BPF_MAP_TYPE_STACK] = { 0, 4, 1 },
	[BPF_MAP_TYPE_SK_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC, .key_make = udp_make,
				      .has_btf = true },
	[BPF_MAP_TYPE_DEVMAP_HASH] = { 4, 4, 1, .value = 1 },
	[BPF_MAP_TYPE_STRUCT_OPS] = { 4, 0, 1 },
	[BPF_MAP_TYPE_RINGBUF] = { 0, 0, 1 << 16 },
	[BPF_MAP_TYPE_INODE_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC, .key_make = file_make,
					 .has_btf = true },
	[BPF_MAP_TYPE_TASK_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC, .key_make = process_make,
					.has_btf = true },
	[BPF_MAP_TYPE_BLOOM_FILTER] = { 0, 4, 1 },
	[BPF_MAP_TYPE_USER_RINGBUF] = { 0, 0, 1 << 16 },
	[TYPE_CGRP_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC, .key_make = cgroup_make,
				.has_btf = true },
	[TYPE_ARENA] = { 0, 0, 1, BPF_F_MMAPABLE },
	[TYPE_INSN_ARRAY] = { 4, 16, 1 },
	[TYPE_RHASH] = { 4, 4, 1, BPF_F_NO_PREALLOC },
};

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

static const char *type_name(int type)
{
	static const char *const newer[TYPES] = {
		[TYPE_CGRP_STORAGE] = "cgrp_storage",
		[TYPE_ARENA] = "arena",
		[TYPE_INSN_ARRAY] = "insn_array",
		[TYPE_RHASH] = "rhash",
	};

	return newer[type] ? newer[type] : libbpf_bpf_map_type_str(type);
}

static struct context context_make(void)
{
	struct context context = { .inner_map = example_must("make a map", array_make()) };
	struct btf *own = btf__new_empty(), *kernel = btf__load_vmlinux_btf();
	int id = 0;

	btf__add_int(own, "int", 4, BTF_INT_SIGNED);
	context.btf = btf__load_into_kernel(own) ? -1 : dup(btf__fd(own));
	if (kernel)
		id = btf__find_by_name_kind(kernel, "bpf_struct_ops_tcp_congestion_ops",
					    BTF_KIND_STRUCT);
	if (id > 0) {
		context.ops_id = id;
		context.ops_size = btf__type_by_id(kernel, id)->size;
	}
	btf__free(own);
	btf__free(kernel);
	return context;
}

static int map_make(const struct context *context, int type)
{
	const struct type *t = &types[type];
	bool of_maps = type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS;
	bool of_ops = type == BPF_MAP_TYPE_STRUCT_OPS;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = t->flags);

	if (of_maps)
		opts.inner_map_fd = context->inner_map;
	if (of_ops)
		opts.btf_vmlinux_value_type_id = context->ops_id;
	if (of_ops || t->has_btf)
		opts.btf_fd = context->btf;
	if (t->has_btf)
		opts.btf_key_type_id = opts.btf_value_type_id = 1;
	return bpf_map_create(type, NULL, t->key_size, of_ops ? context->ops_size : t->value_size,
			      t->entries, &opts);
}

/* False where this kernel cannot make what is to go into the map. */
static bool element_make(const struct type *type, struct element *element)
{
	memset(element, 0, sizeof(*element));
	element->in_key = type->key_make ? type->key_make() : 0;
	element->in_value = type->value_make ? type->value_make() : (int)type->value;
	memcpy(element->key, &element->in_key, sizeof(int));
	memcpy(element->value, &element->in_value, sizeof(int));
	return element->in_key >= 0 && element->in_value >= 0;
}

static void element_close(const struct type *type, const struct element *element)
{
	if (type->key_make)
		close(element->in_key);
	if (type->value_make)
		close(element->in_value);
}

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
