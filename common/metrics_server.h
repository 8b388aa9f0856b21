/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Serves counters over HTTP, as they are when they are asked for: GET /metrics. One thread, the
 * caller's.
 */
#ifndef METRICS_SERVER_H
#define METRICS_SERVER_H

#include "stats_set.h"

/* 0 where @address is "[ADDR:]PORT", with brackets around an IPv6 address, and this program was built
 * with a library to serve; -EINVAL or -ENOTSUP, with a message.
 */
int metrics_server_check(const char *address);

/* Listens on @address, on 127.0.0.1 where there is no ADDR, says where, and serves until @stop_fd is
 * readable. 0 or -errno, with a message.
 */
int metrics_server_run(struct stats_set *set, const char *address, int stop_fd);

#endif /* METRICS_SERVER_H */
