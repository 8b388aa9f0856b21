// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf_info.h"
#include "btf_resolve.h"
#include "folder.h"
#include "log.h"

/* BPF_MAP_TYPE_USER_RINGBUF of linux/bpf.h since 6.1. */
#define USER_RINGBUF 31

static bool differs(const struct bpf_map *map, const struct pin *pin, const char *field,
		    __u32 pinned, __u32 wanted)
{
	if (pinned == wanted)
		return false;
	log_error("could not reuse %s for map %s: %s is %u in the pinned map and %u in the object",
		  pin->path, bpf_map__name(map), field, pinned, wanted);
	return true;
}

static bool type_describe(FILE *out, const struct btf *btf, __u32 id, int depth);

/* Name, place and type of each member of a struct or union. */
static bool members_describe(FILE *out, const struct btf *btf, const struct btf_type *type,
			     int depth)
{
	int i;

	fputs(btf_is_union(type) ? "union {" : "struct {", out);
	for (i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		__u32 bits = btf_member_bitfield_size(type, i);

		fprintf(out, " %s: ", btf__name_by_offset(btf, member->name_off));
		if (!type_describe(out, btf, member->type, depth + 1))
			return false;
		fprintf(out, " at %u", btf_member_bit_offset(type, i) / 8);
		if (bits)
			fprintf(out, ".%u, %u bits", btf_member_bit_offset(type, i) % 8, bits);
		fputs(i + 1 < btf_vlen(type) ? "," : " ", out);
	}
	fputc('}', out);
	return true;
}

/* The same of global variables, which are a map's value together. */
static bool variables_describe(FILE *out, const struct btf *btf, const struct btf_type *section,
			       int depth)
{
	const struct btf_var_secinfo *place = btf_var_secinfos(section);
	int i;

	fputs("variables {", out);
	for (i = 0; i < btf_vlen(section); i++) {
		const struct btf_type *variable = btf__type_by_id(btf, place[i].type);

		fprintf(out, " %s: ", btf__name_by_offset(btf, variable->name_off));
		if (!type_describe(out, btf, variable->type, depth + 1))
			return false;
		fprintf(out, " at %u%s", place[i].offset, i + 1 < btf_vlen(section) ? "," : " ");
	}
	fputc('}', out);
	return true;
}

/* For a kernel without floating point in BTF (before 5.13) libbpf makes an empty struct of it. */
static bool is_float(const struct btf_type *type)
{
	return btf_is_float(type) ||
	       (btf_is_struct(type) && !btf_vlen(type) && !type->name_off && type->size);
}

/* Describes a value of the type. Two types with the same layout and the same names of members get
 * the same description, whatever typedefs they use. Returns false for a kind of BTF that no map's
 * value can have.
 */
static bool type_describe(FILE *out, const struct btf *btf, __u32 id, int depth)
{
	const struct btf_type *type = btf_resolve(btf, id);

	if (!type || depth > 16)
		return false;
	if (btf_is_int(type)) {
		fprintf(out, "%c%u", btf_int_encoding(type) & BTF_INT_SIGNED ? 's' : 'u',
			type->size * 8);
	} else if (btf_is_any_enum(type) || is_float(type)) {
		fprintf(out, "%s%u", is_float(type) ? "float" : "enum", type->size * 8);
	} else if (btf_is_ptr(type)) {
		fputs("pointer", out);
	} else if (btf_is_array(type)) {
		if (!type_describe(out, btf, btf_array(type)->type, depth + 1))
			return false;
		fprintf(out, "[%u]", btf_array(type)->nelems);
	} else if (btf_is_composite(type)) {
		return members_describe(out, btf, type, depth);
	} else if (btf_is_datasec(type)) {
		return variables_describe(out, btf, type, depth);
	} else {
		return false;
	}
	return true;
}

/* The words, for the caller to free; NULL without BTF. */
static char *describe(const struct btf *btf, __u32 id)
{
	char *words = NULL;
	size_t size;
	FILE *out;
	bool ok;

	if (!btf || !id)
		return NULL;
	out = open_memstream(&words, &size);
	if (!out)
		return NULL;
	ok = type_describe(out, btf, id, 0);
	if (!fclose(out) && ok)
		return words;
	free(words);
	return NULL;
}

/* An index is one, whether it is signed, unsigned or an enum. */
static bool is_integer(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf_resolve(btf, id);

	return type && (btf_is_int(type) || btf_is_any_enum(type));
}

static bool btf_differs(const struct bpf_map *map, const struct pin *pin, const char *field,
			char *pinned, char *wanted)
{
	bool differ = pinned && wanted && strcmp(pinned, wanted);

	if (differ)
		log_error("could not reuse %s for map %s: BTF of the %s is '%s' in the pinned map "
			  "and '%s' in the object",
			  pin->path, bpf_map__name(map), field, pinned, wanted);
	free(pinned);
	free(wanted);
	return differ;
}

/* Equal sizes can still hold different things. If both maps have BTF, that is compared too. */
static int btfs_differ(const struct object *object, const struct bpf_map *map,
		       const struct pin *pin, const struct bpf_map_info *info)
{
	const struct btf *own = bpf_object__btf(object->bpf);
	struct btf *btf;
	int differing = 0;

	if (!info->btf_id || !own || !bpf_map__btf_value_type_id(map))
		return 0;
	btf = btf__load_from_kernel_by_id(info->btf_id);
	if (!btf)
		return 0;
	if (!is_integer(btf, info->btf_key_type_id) ||
	    !is_integer(own, bpf_map__btf_key_type_id(map)))
		differing = btf_differs(map, pin, "key", describe(btf, info->btf_key_type_id),
					describe(own, bpf_map__btf_key_type_id(map)));
	differing += btf_differs(map, pin, "value", describe(btf, info->btf_value_type_id),
				 describe(own, bpf_map__btf_value_type_id(map)));
	btf__free(btf);
	return differing;
}

static bool types_differ(const struct bpf_map *map, const struct pin *pin, __u32 pinned,
			 __u32 wanted)
{
	const char *pinned_name = libbpf_bpf_map_type_str(pinned);
	const char *wanted_name = libbpf_bpf_map_type_str(wanted);

	if (pinned == wanted)
		return false;
	log_error("could not reuse %s for map %s: type is %s in the pinned map and %s in the "
		  "object",
		  pin->path, bpf_map__name(map), pinned_name ? pinned_name : "unknown",
		  wanted_name ? wanted_name : "unknown");
	return true;
}

/* The number of entries that the map gets, by libbpf's rules and the kernel's. */
static __u32 entries_made(const struct bpf_map *map)
{
	__u32 entries = bpf_map__max_entries(map), page = sysconf(_SC_PAGESIZE), size, cpus;

	switch ((int)bpf_map__type(map)) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return entries ? entries : (__u32)libbpf_num_possible_cpus();
	case BPF_MAP_TYPE_RINGBUF:
	case USER_RINGBUF: /* bytes: a power of 2, and whole pages */
		for (size = page; size < entries && size < 1U << 31;)
			size <<= 1;
		return entries ? size : 0;
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		if (!(bpf_map__map_flags(map) & BPF_F_NO_COMMON_LRU))
			return entries;
		cpus = libbpf_num_possible_cpus();
		return (entries + cpus - 1) / cpus * cpus; /* as many for each CPU */
	default:
		return entries;
	}
}

int map_compare(const struct object *object, const struct bpf_map *map, const struct pin *pin)
{
	/* What user space may do by the descriptor that it makes the map with: not kept. */
	__u32 flags = bpf_map__map_flags(map) & ~(BPF_F_RDONLY | BPF_F_WRONLY);
	struct bpf_map_info info;
	int err = bpf_info_map(pin->fd, &info), differing = 0;

	if (err)
		return folder_fail(err, "look at", pin->path);

	/* The kernel sets a flag by itself: a devmap is read-only for programs. */
	if (info.type == BPF_MAP_TYPE_DEVMAP || info.type == BPF_MAP_TYPE_DEVMAP_HASH)
		info.map_flags &= ~BPF_F_RDONLY_PROG;

	differing += types_differ(map, pin, info.type, bpf_map__type(map));
	differing += differs(map, pin, "key size", info.key_size, bpf_map__key_size(map));
	differing += differs(map, pin, "value size", info.value_size, bpf_map__value_size(map));
	differing += differs(map, pin, "entries", info.max_entries, entries_made(map));
	differing += differs(map, pin, "flags", info.map_flags, flags);
	differing += btfs_differ(object, map, pin, &info);
	return differing ? -EEXIST : 0;
}
