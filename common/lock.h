/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flock() on a folder, with an end to the wait. */
#ifndef LOCK_H
#define LOCK_H

/* Takes the lock on @fd. Waits @timeout_ms at most: -ETIMEDOUT. 0 or -errno, without a message. */
int lock_take(int fd, long timeout_ms);

/* Says who holds the lock on @path, for which @timeout_ms were not enough. -ETIMEDOUT. */
int lock_refuse(const char *path, int timeout_ms);

#endif /* LOCK_H */
