// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* maps_hammer PATH [unlocked]: writes pairs of equal values into the control map at PATH, as fast
 * as it goes, until it is ended; as maps_ctl does, or without the lock. Prints a line when it has
 * begun.
 */
#include <stdio.h>

#include <bpf/bpf.h>

#include "control_map.h"
#include "exit_codes.h"
#include "log.h"

static int write_unlocked(const struct control_map *map, __u32 n)
{
	const struct maps_value value = { .value1 = n, .value2 = n };

	return bpf_map_update_elem(map->fd, &(__u32){ MAPS_VALUES }, &value, BPF_ANY);
}

int main(int argc, char **argv)
{
	struct control_map map;
	int err = argc > 1 ? control_map_open(&map, argv[1], MAP_PIN_WRITE) : -1;
	__u32 n;

	log_init("maps_hammer", LOG_NORMAL);
	if (!err)
		puts("hammering");
	fflush(stdout);
	for (n = 0; !err; n++)
		err = argc > 2 ? write_unlocked(&map, n) :
				 control_map_write(&map, &(struct control_values){ n, n });
	return EXIT_BPF;
}
