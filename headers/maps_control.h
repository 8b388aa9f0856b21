/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What maps_prog_kern.c reads and user space writes: the map's name, its elements and their layout.
 * Compiles for the kernel (clang -target bpf) and for user space alike.
 */
#ifndef MAPS_CONTROL_H
#define MAPS_CONTROL_H

#include <linux/bpf.h>
#include <linux/types.h>

/* The map is a BPF_MAP_TYPE_ARRAY: the key is a __u32 that holds an enum maps_element. */
#define MAPS_CONTROL_MAP maps_control
#define MAPS_CONTROL_MAP_NAME "maps_control"

enum maps_element {
	MAPS_VALUES, /* the pair that the program reads for each packet */
	MAPS_TRACE,  /* value1: whether it writes a line to the trace pipe for each packet; */
		     /* value2: if not, for how many packets it still does */
	MAPS_ELEMENTS
};

/* Packets that are traced after an update. User space writes the new values first, and then this
 * number. The program counts it down under the lock, and reads the values after that: each packet
 * that is traced has seen the new values. Older tools write 0 to value2; older programs ignore it.
 */
#define MAPS_TRACE_BUDGET 8

/* Who writes both values gives BPF_F_LOCK, and who reads them takes the lock: nobody sees one of
 * them new and the other one old.
 */
struct maps_value {
	struct bpf_spin_lock lock;
	__u32 value1;
	__u32 value2;
};

/* A BPF_MAP_TYPE_PERCPU_ARRAY of one __u64 a CPU: packets for which the program has read two values
 * that differ. If all writers write equal ones, those are the torn pairs.
 */
#define MAPS_UNEQUAL_MAP maps_unequal
#define MAPS_UNEQUAL_MAP_NAME "maps_unequal"

#endif /* MAPS_CONTROL_H */
