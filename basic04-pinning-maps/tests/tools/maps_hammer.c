// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* maps_hammer PATH [unlocked]: writes pairs of equal values into the control map at PATH, as fast as
 * it goes, until it is ended; prints a line when it has begun. One word is enough to do it wrong.
 */
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "exit_codes.h"
#include "maps_control.h"

int main(int argc, char **argv)
{
	const __u64 flags = argc > 2 && !strcmp(argv[2], "unlocked") ? BPF_ANY : BPF_F_LOCK;
	int map = argc > 1 ? bpf_obj_get(argv[1]) : -1;
	__u32 key = MAPS_VALUES, n;

	if (map < 0) {
		perror("bpf_obj_get");
		return EXIT_BPF;
	}
	puts("hammering");
	fflush(stdout);
	for (n = 0;; n++) {
		struct maps_value value = { .value1 = n, .value2 = n };

		if (!bpf_map_update_elem(map, &key, &value, flags))
			continue;
		perror("bpf_map_update_elem");
		return EXIT_BPF;
	}
}
