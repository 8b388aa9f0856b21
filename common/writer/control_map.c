// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "control_map.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "log.h"

static int fail(int err, const char *verb, const char *path)
{
	log_error("could not %s the values in %s: %s", verb, path, strerror(-err));
	return err;
}

static int fail_trace(int err, const char *verb, const char *path)
{
	log_error("could not %s in %s what is traced: %s", verb, path, strerror(-err));
	return err;
}

static int read_element(const struct control_map *map, __u32 element, struct maps_value *value)
{
	return bpf_map_lookup_elem_flags(map->fd, &element, value, BPF_F_LOCK) ? -errno : 0;
}

static int write_element(const struct control_map *map, __u32 element, __u32 value1, __u32 value2)
{
	const struct maps_value value = { .value1 = value1, .value2 = value2 };

	return bpf_map_update_elem(map->fd, &element, &value, BPF_F_LOCK) ? -errno : 0;
}

static bool is_member(const struct btf *btf, const struct btf_type *type, int i, const char *name,
		      size_t offset)
{
	return !strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name) &&
	       btf_member_bit_offset(type, i) == 8 * offset;
}

/* Whether the values are laid out as struct maps_value: of the same size may be others. What only
 * root may ask for (BTF) is taken on trust from everybody else.
 */
static bool has_layout(const struct bpf_map_info *info)
{
	struct btf *btf = btf__load_from_kernel_by_id(info->btf_id);
	const struct btf_type *type = btf ? btf__type_by_id(btf, info->btf_value_type_id) : NULL;
	bool has = !type ||
		   (btf_is_struct(type) && btf_vlen(type) == 3 &&
		    is_member(btf, type, 0, "lock", offsetof(struct maps_value, lock)) &&
		    is_member(btf, type, 1, "value1", offsetof(struct maps_value, value1)) &&
		    is_member(btf, type, 2, "value2", offsetof(struct maps_value, value2)));

	btf__free(btf);
	return has;
}

static int check_values(const struct control_map *map, const struct bpf_map_info *info)
{
	struct maps_value value;
	int err = read_element(map, MAPS_VALUES, &value);

	if (err && err != -EINVAL) /* the kernel's word for a value without a lock */
		return fail(err, "read", map->path);
	if (!err && has_layout(info))
		return 0;
	log_error("could not use %s: its values %s, and those of a control map are a struct "
		  "bpf_spin_lock, value1 and value2",
		  map->path, err ? "have no lock" : "have other members");
	return -EMEDIUMTYPE;
}

int control_map_open(struct control_map *map, const char *path, enum map_pin_use use)
{
	static const struct map_shape shape = {
		.what = "a control map",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = sizeof(struct maps_value),
		.entries = MAPS_ELEMENTS,
	};
	struct bpf_map_info info;

	*map = (struct control_map){ .path = path };
	map->fd = map_pin_open(path, use, &shape, &info);
	if (map->fd == -EMFILE)
		return fail(map->fd, "open", path);
	if (map->fd < 0)
		return map->fd;
	map->id = info.id;
	return check_values(map, &info);
}

void control_map_close(struct control_map *map)
{
	if (map->fd >= 0)
		close(map->fd);
	map->fd = -1;
}

int control_map_read(const struct control_map *map, struct control_values *values)
{
	struct maps_value value;
	int err = read_element(map, MAPS_VALUES, &value);

	if (err)
		return fail(err, "read", map->path);
	*values = (struct control_values){ value.value1, value.value2 };
	return 0;
}

int control_map_write(const struct control_map *map, const struct control_values *values)
{
	int err = write_element(map, MAPS_VALUES, values->value1, values->value2);

	return err ? fail(err, "write", map->path) : 0;
}

int control_map_read_trace(const struct control_map *map, struct control_trace *trace)
{
	struct maps_value value;
	int err = read_element(map, MAPS_TRACE, &value);

	if (err)
		return fail_trace(err, "read", map->path);
	*trace = (struct control_trace){ value.value1, value.value1 ? 0 : value.value2 };
	return 0;
}

int control_map_write_trace(const struct control_map *map, const struct control_trace *trace)
{
	int err = write_element(map, MAPS_TRACE, trace->all, trace->next);

	return err ? fail_trace(err, "write", map->path) : 0;
}

int control_map_read_unequal(const char *path, __u64 *packets)
{
	static const struct map_shape shape = {
		.what = "a map of unequal pairs",
		.type = BPF_MAP_TYPE_PERCPU_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = sizeof(__u64),
		.entries = 1,
	};
	int fd = map_pin_open(path, MAP_PIN_READ, &shape, NULL);
	int cpu, cpus = libbpf_num_possible_cpus(), err = 0;
	__u64 *counts;

	if (fd < 0)
		return fd;
	counts = cpus > 0 ? calloc(cpus, sizeof(*counts)) : NULL;
	if (!counts)
		err = cpus < 0 ? cpus : -ENOMEM;
	else if (bpf_map_lookup_elem(fd, &(__u32){ 0 }, counts))
		err = -errno;
	*packets = 0;
	for (cpu = 0; cpu < cpus && !err; cpu++)
		*packets += counts[cpu];
	free(counts);
	close(fd);
	return err ? fail(err, "read", path) : 0;
}
