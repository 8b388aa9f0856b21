// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* loader DEVICE OBJECT: loads the XDP program of a BPF object, attaches it to the device in place
 * of the one before, and pins its map of counters at /sys/fs/bpf/DEVICE/xdp_stats_map.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "device.h"
#include "exit_codes.h"
#include "log.h"
#include "xdp_stats_record.h"

struct loader {
	int ifindex;
	char dir[PATH_MAX], pin[PATH_MAX];
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_map *map;
};

static int open_object(struct loader *loader, const char *path)
{
	loader->object = bpf_object__open_file(path, NULL);
	if (!loader->object)
		return -errno;
	loader->program = bpf_object__next_program(loader->object, NULL);
	loader->map = bpf_object__find_map_by_name(loader->object, XDP_STATS_MAP_NAME);
	return loader->program && loader->map ? 0 : -ENOENT;
}

static int load_object(struct loader *loader)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, loader->object)
		bpf_program__set_autoload(program, program == loader->program);
	return bpf_object__load(loader->object);
}

/* The new map takes the place of the old one. */
static int pin_map(struct loader *loader)
{
	if (mkdir(loader->dir, 0700) && errno != EEXIST)
		return -errno;
	if (unlink(loader->pin) && errno != ENOENT)
		return -errno;
	return bpf_obj_pin(bpf_map__fd(loader->map), loader->pin);
}

static int attach(struct loader *loader)
{
	return bpf_xdp_attach(loader->ifindex, bpf_program__fd(loader->program), 0, NULL);
}

static int run(struct loader *loader, const char *path)
{
	int err = open_object(loader, path);

	if (!err)
		err = load_object(loader);
	if (!err)
		err = pin_map(loader);
	if (!err)
		err = attach(loader);
	if (err)
		log_error("could not load %s: %s", path, strerror(-err));
	bpf_object__close(loader->object);
	return err ? EXIT_BPF : EXIT_OK;
}

int main(int argc, char **argv)
{
	struct loader loader = { 0 };

	log_init("loader", LOG_NORMAL);
	if (argc != 3) {
		log_error("which device, which object? Usage: loader DEVICE OBJECT");
		return EXIT_USAGE;
	}
	loader.ifindex = device_index(argv[1], NULL);
	if (loader.ifindex < 0)
		return EXIT_FAILED;
	snprintf(loader.dir, sizeof(loader.dir), "/sys/fs/bpf/%.15s", argv[1]);
	snprintf(loader.pin, sizeof(loader.pin), "/sys/fs/bpf/%.15s/" XDP_STATS_MAP_NAME, argv[1]);
	return run(&loader, argv[2]);
}
