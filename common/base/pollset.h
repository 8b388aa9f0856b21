/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several descriptors, waited for as one. */
#ifndef POLLSET_H
#define POLLSET_H

#include <stdbool.h>
#include <stddef.h>

/* A descriptor, the caller's to close, that is readable while one of @fds is; or -errno. */
int pollset_open(const int *fds, size_t count);

bool pollset_is_readable(int fd);

#endif /* POLLSET_H */
