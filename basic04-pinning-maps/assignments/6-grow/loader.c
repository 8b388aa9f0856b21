// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* loader DEVICE OBJECT: loads the XDP program of a BPF object on the maps that are pinned for the
 * device, attaches it in place of the one before, and pins all of its maps in /sys/fs/bpf/DEVICE.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpffs.h"
#include "device.h"
#include "exit_codes.h"
#include "log.h"
#include "object.h"
#include "pin_dir.h"
#include "pin_list.h"

struct loader {
	int ifindex;
	struct pin_dir dir;
	struct pin_list pins; /* what was pinned there before */
	struct object_image image;
	struct object object;
};

static int read_pins(struct loader *loader)
{
	int err = pin_dir_open(&loader->dir);

	if (!err)
		return pin_list_read(&loader->dir, PIN_LIVE, &loader->pins);
	return err == -ENOENT ? 0 : err; /* no folder, no pins */
}

static int open_all(struct loader *loader, const char *device, const char *path)
{
	int err = pin_dir_init(&loader->dir, BPFFS_PATH, NULL, device);

	if (!err)
		err = read_pins(loader);
	if (!err)
		err = object_read_file(&loader->image, path);
	if (!err)
		err = object_open(&loader->object, &loader->image, NULL);
	return err;
}

static void close_all(struct loader *loader)
{
	object_close(&loader->object);
	free((void *)loader->image.bytes);
	pin_list_close(&loader->pins);
	pin_dir_close(&loader->dir);
}

/* The maps that are pinned are used again; load makes the others. */
static int reuse_maps(struct loader *loader)
{
	const struct pin *pin;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, loader->object.bpf) {
		pin = pin_list_find_name(&loader->pins, PIN_MAP, bpf_map__name(map));
		if (pin && !err)
			err = object_reuse_map(&loader->object, map, pin);
	}
	return err;
}

/* The pins make way for those of the new object's maps. */
static int pin_maps(struct loader *loader)
{
	int err = 0;

	if (loader->pins.count)
		err = bpf_object__unpin_maps(loader->object.bpf, loader->dir.path);
	if (!err)
		err = bpf_object__pin_maps(loader->object.bpf, loader->dir.path);
	if (err)
		log_error("could not pin in %s: %s", loader->dir.path, strerror(-err));
	return err;
}

static int attach(struct loader *loader)
{
	int err = bpf_xdp_attach(loader->ifindex, object_program_fd(&loader->object), 0, NULL);

	if (err)
		log_error("could not attach to %s: %s", loader->dir.device, strerror(-err));
	return err;
}

static int load(struct loader *loader)
{
	int err = reuse_maps(loader);

	if (!err)
		err = object_load(&loader->object);
	if (!err)
		err = pin_maps(loader);
	if (!err)
		err = attach(loader);
	return err;
}

int main(int argc, char **argv)
{
	struct loader loader = { 0 };
	int err;

	log_init("loader", LOG_NORMAL);
	if (argc != 3) {
		log_error("which device, which object? Usage: loader DEVICE OBJECT");
		return EXIT_USAGE;
	}
	loader.ifindex = device_index(argv[1], NULL);
	if (loader.ifindex < 0)
		return EXIT_FAILED;
	err = open_all(&loader, argv[1], argv[2]);
	if (!err)
		err = load(&loader);
	close_all(&loader);
	return err ? EXIT_BPF : EXIT_OK;
}
