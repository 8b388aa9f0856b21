/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Serves counters over HTTP, as they are when they are asked for: GET /metrics. One thread, the
 * caller's.
 */
#ifndef METRICS_SERVER_H
#define METRICS_SERVER_H

#include "stats_set.h"

struct report_view;

/* Returns 0 if @address is "[ADDR:]PORT", with brackets around an IPv6 address, and this program
 * was built with libmicrohttpd; -EINVAL or -ENOTSUP, with a message.
 */
int metrics_server_check(const char *address);

/* Listens on @address, on 127.0.0.1 if it has no ADDR. A port below 1024 requires a privilege, so
 * call this before those are dropped. Returns a socket; or -errno with a message.
 */
int metrics_server_listen(const char *address);

/* Prints where @listen_fd listens, and serves the actions of @view until @stop_fd is readable.
 * Closes @listen_fd. Returns 0, or -errno with a message.
 */
int metrics_server_run(struct stats_set *set, const struct report_view *view, const char *address,
		       int listen_fd, int stop_fd);

#endif /* METRICS_SERVER_H */
