/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flock() on a folder, with an end to the wait. */
#ifndef FLOCK_WAIT_H
#define FLOCK_WAIT_H

/* Takes the lock on @fd. Waits @timeout_ms at most: -ETIMEDOUT. 0 or -errno, without a message. */
int flock_take(int fd, long timeout_ms);

/* Says who holds the lock on folder @name in @path (""), for which @timeout_ms were not enough.
 * -ETIMEDOUT.
 */
int flock_refuse(const char *path, const char *name, int timeout_ms);

/* The process that holds the lock on @path, by the kernel's list of locks; 0 if that does not say,
 * as from another PID namespace.
 */
int flock_holder(const char *path);

#endif /* FLOCK_WAIT_H */
