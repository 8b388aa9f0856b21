/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The types of maps, for table.c: a smallest map of each, and an element that goes in there. */
#ifndef TABLE_TYPES_H
#define TABLE_TYPES_H

#include <fcntl.h>
#include <netinet/in.h>
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

static inline int program_make(void)
{
	struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", pass, 2, NULL);
}

static inline int perf_event_make(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.size = sizeof(attr),
	};

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The root of the cgroups, wherever they are mounted or not. */
static inline int cgroup_make(void)
{
	int fs = fsopen("cgroup2", FSOPEN_CLOEXEC), mount = -1;

	if (fs >= 0 && !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	return mount;
}

static inline int array_make(void)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);
}

/* A socket may be in one map of those that balance a port only, so each map has its own. */
static inline int udp_make(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) ? -errno : fd;
}

static inline int xdp_socket_make(void)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0), entries = 1;

	setsockopt(fd, SOL_XDP, XDP_RX_RING, &entries, sizeof(entries));
	return fd;
}

static inline int file_make(void)
{
	return memfd_create("file", MFD_CLOEXEC);
}

static inline int process_make(void)
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

static inline const char *type_name(int type)
{
	static const char *const newer[TYPES] = {
		[TYPE_CGRP_STORAGE] = "cgrp_storage",
		[TYPE_ARENA] = "arena",
		[TYPE_INSN_ARRAY] = "insn_array",
		[TYPE_RHASH] = "rhash",
	};

	return newer[type] ? newer[type] : libbpf_bpf_map_type_str(type);
}

static inline struct context context_make(void)
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

static inline int map_make(const struct context *context, int type)
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
static inline bool element_make(const struct type *type, struct element *element)
{
	memset(element, 0, sizeof(*element));
	element->in_key = type->key_make ? type->key_make() : 0;
	element->in_value = type->value_make ? type->value_make() : (int)type->value;
	memcpy(element->key, &element->in_key, sizeof(int));
	memcpy(element->value, &element->in_value, sizeof(int));
	return element->in_key >= 0 && element->in_value >= 0;
}

static inline void element_close(const struct type *type, const struct element *element)
{
	if (type->key_make)
		close(element->in_key);
	if (type->value_make)
		close(element->in_value);
}

#endif /* TABLE_TYPES_H */
