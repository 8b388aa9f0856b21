// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The control surface's program, as it would be without the lock. */
#define MAPS_UNLOCKED
#include "../../maps_prog_kern.c"
