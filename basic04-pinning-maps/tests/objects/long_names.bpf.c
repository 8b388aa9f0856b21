// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names longer than the 15 characters that the kernel keeps, and alike in those. */
#include "object.h"

MAP(a_map_of_packets_that_were_dropped, BPF_MAP_TYPE_ARRAY, 1, 0);
MAP(a_map_of_packets_that_were_passed, BPF_MAP_TYPE_ARRAY, 1, 0);

SEC("xdp") int a_program_that_counts_and_drops(struct xdp_md *ctx)
{
	add(&a_map_of_packets_that_were_dropped);
	add(&a_map_of_packets_that_were_passed);
	return COUNT;
}
