// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* swap DEVICE OBJECT COUNT: attaches the XDP program of a BPF object to the device, COUNT times,
 * each time a new copy in place of the one before. All count in the map that is pinned at
 * /sys/fs/bpf/DEVICE/xdp_stats_map.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "device.h"
#include "exit_codes.h"
#include "log.h"
#include "options.h"
#include "xdp_stats_record.h"

struct swap {
	int ifindex;
	const char *object; /* the path */
	unsigned int count;
	char pin[PATH_MAX];
};

/* The object's first program; the other ones are not loaded. */
static struct bpf_program *choose_program(struct bpf_object *object)
{
	struct bpf_program *program, *first = bpf_object__next_program(object, NULL);

	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, program == first);
	return first;
}

/* libbpf takes the map that is pinned at the path, or makes one and pins it. Returns the program's
 * descriptor, which is closed with the object, or -errno.
 */
static int load(const struct swap *swap, struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, XDP_STATS_MAP_NAME);
	struct bpf_program *program = choose_program(object);
	int err;

	if (!map || !program)
		return -ENOENT;
	err = bpf_map__set_pin_path(map, swap->pin);
	if (!err)
		err = bpf_object__load(object);
	return err ? err : bpf_program__fd(program);
}

/* A device has one program: the old one makes way for the new one. */
static int attach(const struct swap *swap, int program)
{
	int err = bpf_xdp_detach(swap->ifindex, 0, NULL);

	return err ? err : bpf_xdp_attach(swap->ifindex, program, 0, NULL);
}

/* What is attached stays when the object is closed. */
static int swap_once(const struct swap *swap)
{
	struct bpf_object *object = bpf_object__open_file(swap->object, NULL);
	int program = object ? load(swap, object) : -errno, err = 0;

	if (program < 0)
		log_error("could not load %s: %s", swap->object, strerror(-program));
	else
		err = attach(swap, program);
	if (err)
		log_error("could not attach: %s", strerror(-err));
	bpf_object__close(object);
	return program < 0 ? EXIT_BPF : err ? EXIT_XDP : EXIT_OK;
}

int main(int argc, char **argv)
{
	struct swap swap = { 0 };
	int code = EXIT_OK;

	log_init("swap", LOG_NORMAL);
	if (argc != 4 || options_parse_u32(argv[3], &swap.count)) {
		log_error("which device, which object, how often? Usage: swap DEVICE OBJECT COUNT");
		return EXIT_USAGE;
	}
	swap.ifindex = device_index(argv[1], NULL);
	if (swap.ifindex < 0)
		return EXIT_FAILED;
	swap.object = argv[2];
	snprintf(swap.pin, sizeof(swap.pin), "/sys/fs/bpf/%.15s/" XDP_STATS_MAP_NAME, argv[1]);
	while (code == EXIT_OK && swap.count--)
		code = swap_once(&swap);
	return code;
}
