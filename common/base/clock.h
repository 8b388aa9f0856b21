/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time since boot, which nobody can set. */
#ifndef CLOCK_H
#define CLOCK_H

/* CLOCK_MONOTONIC in seconds: for deadlines and periods. */
double clock_now(void);

#endif /* CLOCK_H */
