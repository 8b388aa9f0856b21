/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Serves counters over HTTP, as they are when they are asked for: GET /metrics. One thread, the
 * caller's.
 */
#ifndef METRICS_SERVER_H
#define METRICS_SERVER_H

#include "stats_set.h"

struct report_view;

/* 0 where @address is "[ADDR:]PORT", with brackets around an IPv6 address, and this program was
 * built with a library to serve; -EINVAL or -ENOTSUP, with a message.
 */
int metrics_server_check(const char *address);

/* Listens on @address, on 127.0.0.1 if there is no ADDR: before privileges are dropped, as a port
 * below 1024 requires one. A socket, or -errno, with a message.
 */
int metrics_server_listen(const char *address);

/* Says where @listen_fd, which it closes, listens, and serves the actions of @view until @stop_fd
 * is readable. 0 or -errno, with a message.
 */
int metrics_server_run(struct stats_set *set, const struct report_view *view, const char *address,
		       int listen_fd, int stop_fd);

#endif /* METRICS_SERVER_H */
