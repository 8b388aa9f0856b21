// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h> /* libbpf_num_possible_cpus() alone */

#include "log.h"
#include "map_pin.h"

int stats_buffer_open(struct stats_buffer *buffer)
{
	*buffer = (struct stats_buffer){ .cpus = libbpf_num_possible_cpus() };
	if (buffer->cpus < 0) {
		log_error("could not count the possible CPUs: %s%s", strerror(-buffer->cpus),
			  buffer->cpus == -EMFILE ? log_few_files(-EMFILE) : "; is /sys mounted?");
		return buffer->cpus;
	}
	buffer->values = calloc((size_t)XDP_ACTION_MAX * buffer->cpus, sizeof(*buffer->values));
	if (buffer->values)
		return 0;
	log_error("could not make room for the counters of %d CPUs: %s", buffer->cpus,
		  strerror(ENOMEM));
	return -ENOMEM;
}

void stats_buffer_close(struct stats_buffer *buffer)
{
	free(buffer->values);
	*buffer = (struct stats_buffer){ 0 };
}

int stats_map_open(struct stats_map *map, const char *path)
{
	static const struct map_shape shape = {
		.what = "a map of counters",
		.let_read = "'xdp_loader --pin-mode 0644' lets others read",
		.type = BPF_MAP_TYPE_PERCPU_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = sizeof(struct datarec),
		.entries = XDP_ACTION_MAX,
	};

	struct bpf_map_info info;

	*map = (struct stats_map){ .fd = -1 };
	map->fd = map_pin_open(path, MAP_PIN_READ, &shape, &info);
	if (map->fd < 0)
		return map->fd;
	map->id = info.id;
	return 0;
}

void stats_map_close(struct stats_map *map)
{
	if (map->fd >= 0)
		close(map->fd);
	*map = (struct stats_map){ .fd = -1 };
}

static int read_batch(int fd, struct datarec *values)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	__u32 keys[XDP_ACTION_MAX], next, count = XDP_ACTION_MAX;
	int err = bpf_map_lookup_batch(fd, NULL, &next, keys, values, &count, &opts);

	/* ENOENT says that this batch was the last. */
	if (err && errno != ENOENT)
		return -errno;
	return count == XDP_ACTION_MAX ? 0 : -EIO;
}

static int read_each(int fd, struct datarec *values, int cpus)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (bpf_map_lookup_elem(fd, &action, values + action * cpus))
			return -errno;
	return 0;
}

/* Before Linux 5.6 there is no such call, before 5.13 none for arrays of each CPU (ENOTSUPP). */
static bool lacks_batch(int err)
{
	return err == -EINVAL || err == -524;
}

int stats_map_read(const struct stats_map *map, struct stats_buffer *buffer, struct datarec *totals)
{
	int err = -ENOTSUP, cpu;
	__u32 action;

	if (!buffer->no_batch)
		err = read_batch(map->fd, buffer->values);
	if (err) {
		buffer->no_batch |= lacks_batch(err);
		err = read_each(map->fd, buffer->values, buffer->cpus);
	}
	if (err) {
		log_error("could not read map %u: %s", map->id, strerror(-err));
		return err;
	}
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		const struct datarec *value = buffer->values + action * buffer->cpus;
		struct datarec total = { 0 };

		for (cpu = 0; cpu < buffer->cpus; cpu++) {
			total.rx_packets += value[cpu].rx_packets;
			total.rx_bytes += value[cpu].rx_bytes;
		}
		totals[action] = total;
	}
	return 0;
}
