// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The same, behind ours. */
#define NEIGHBOUR neighbour_behind
#define PRIORITY 90
#include "dispatcher_neighbour_front.bpf.c"
