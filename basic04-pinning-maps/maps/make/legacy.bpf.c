// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map as it was defined before BTF: five numbers, in a section without the dot. No skeleton is
 * made of it, as libbpf refuses to open it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__u32 type, key_size, value_size, max_entries, map_flags;
} legacy SEC("maps") = { BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(__u64), 1, 0 };
