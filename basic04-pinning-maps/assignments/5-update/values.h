/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What values.bpf.c reads and update writes: the map's name, and the layout of its one value. */
#ifndef VALUES_H
#define VALUES_H

#include <linux/bpf.h>
#include <linux/types.h>

/* A BPF_MAP_TYPE_ARRAY with one element. */
#define VALUES_MAP values
#define VALUES_COUNT 4096

/* All numbers are the same one: whoever finds two that differ has met half an update. */
struct values {
	struct bpf_spin_lock lock;
	__u32 numbers[VALUES_COUNT];
};

#endif /* VALUES_H */
