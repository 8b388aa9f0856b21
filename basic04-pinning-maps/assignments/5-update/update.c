// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* update PIN NUMBER: writes NUMBER into all numbers of the map that is pinned at PIN.
 * update PIN --count N: writes 1, then 2, and so on up to N, as fast as it goes.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "exit_codes.h"
#include "log.h"
#include "map_pin.h"
#include "options.h"
#include "values.h"

struct update {
	const char *path;
	__u32 first, last; /* the numbers to write, one after the other */
};

/* NUMBER, or --count N. */
static bool parse(struct update *update, int argc, char **argv)
{
	bool count = argc == 4 && !strcmp(argv[2], "--count");

	if (!count && argc != 3)
		return false;
	update->path = argv[1];
	if (options_parse_u32(argv[argc - 1], &update->last))
		return false;
	update->first = count ? 1 : update->last;
	return true;
}

static int open_values(const char *path)
{
	static const struct map_shape shape = {
		.what = "a map of values",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = sizeof(struct values),
		.entries = 1,
	};
	int map = map_pin_open(path, MAP_PIN_WRITE, &shape, NULL);

	if (map == -ENOENT)
		log_error("could not open %s: nothing is pinned there", path);
	return map;
}

/* The other half stays as it is. */
static int write_half(int map, size_t begin, __u32 number)
{
	struct values values;
	size_t i;

	if (bpf_map_lookup_elem(map, &(__u32){ 0 }, &values))
		return -errno;
	for (i = begin; i < begin + VALUES_COUNT / 2; i++)
		values.numbers[i] = number;
	return bpf_map_update_elem(map, &(__u32){ 0 }, &values, BPF_ANY) ? -errno : 0;
}

static int write_number(int map, __u32 number)
{
	int err = write_half(map, 0, number);

	return err ? err : write_half(map, VALUES_COUNT / 2, number);
}

static int write_numbers(const struct update *update, int map)
{
	__u64 number;
	int err = 0;

	for (number = update->first; number <= update->last && !err; number++)
		err = write_number(map, number);
	if (err)
		log_error("could not write to %s: %s", update->path, strerror(-err));
	return err;
}

int main(int argc, char **argv)
{
	struct update update;
	int map, err;

	log_init("update", LOG_NORMAL);
	if (!parse(&update, argc, argv)) {
		log_error("which map, which number? Usage: update PIN NUMBER | PIN --count N");
		return EXIT_USAGE;
	}
	map = open_values(update.path);
	if (map < 0)
		return EXIT_BPF;
	err = write_numbers(&update, map);
	close(map);
	return err ? EXIT_BPF : EXIT_OK;
}
