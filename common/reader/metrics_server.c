// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "metrics_server.h"

#ifdef HAVE_HTTP

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>

#include "clock.h"
#include "library.h"
#include "log.h"
#include "options.h"
#include "pollset.h"
#include "report.h"
#include "stats_cost.h"

#define FUNCTIONS(EACH_)                       \
	EACH_(MHD_create_response_from_buffer) \
	EACH_(MHD_add_response_header)         \
	EACH_(MHD_lookup_connection_value)     \
	EACH_(MHD_queue_response)              \
	EACH_(MHD_destroy_response)            \
	EACH_(MHD_start_daemon)                \
	EACH_(MHD_stop_daemon)                 \
	EACH_(MHD_get_daemon_info)             \
	EACH_(MHD_get_connection_info)         \
	EACH_(MHD_run)                         \
	EACH_(MHD_get_timeout)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} mhd;

/* A client may be slow, but not for ever; more than these wait in the kernel's queue. The library's
 * own timeout starts again with each byte.
 */
#define CONNECTIONS_MAX 512
#define ANSWERED_SECONDS_MAX 5.0
#define CONNECTION_MEMORY (16 << 10)

#define WAIT_SECONDS_MAX 3600.0

/* A connection, and since when there is one. */
struct client {
	int fd;	      /* the library's */
	double since; /* CLOCK_MONOTONIC, seconds; 0: there is none */
};

struct server {
	struct stats_set *set;
	const struct report_view *view;
	struct MHD_Daemon *daemon;
	struct client clients[CONNECTIONS_MAX];
	bool has_room; /* a client has gone: the library accepts the next one when it runs again */
};

#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* For people who open the address in a browser. */
#define PAGE                                                      \
	"<!DOCTYPE html>\n"                                       \
	"<html lang=\"en\"><title>xdp_stats</title>\n"            \
	"<h1>xdp_stats</h1>\n"                                    \
	"<p><a href=\"metrics\">Metrics</a> for Prometheus</p>\n" \
	"</html>\n"

/* Reads all counters now. What cannot be read shows as down. */
static struct MHD_Response *read_metrics(const struct server *server, bool openmetrics)
{
	struct stats_set *set = server->set;
	struct MHD_Response *response;
	char *text = NULL;
	size_t size, i;
	FILE *out;

	stats_cost_use(set);
	stats_set_rescan(set);
	for (i = 0; i < set->count; i++)
		if (set->devices[i]->watch.generation)
			stats_set_poll(set, set->devices[i]);
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	report_metrics(set, server->view, out, openmetrics);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	response = mhd.MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	mhd.MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				    openmetrics ? OPENMETRICS_TYPE : TEXT_TYPE);
	return response;
}

static struct MHD_Response *say(const char *text, const char *type)
{
	struct MHD_Response *response = mhd.MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);

	mhd.MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	return response;
}

static bool wants_openmetrics(struct MHD_Connection *connection)
{
	const char *accept = mhd.MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							     MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, "application/openmetrics-text");
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	struct server *server = context;
	struct MHD_Response *response;
	enum MHD_Result result;
	unsigned int status;

	(void)version;
	(void)upload;
	(void)state;
	*upload_size = 0;
	if (strcmp(method, "GET") && strcmp(method, "HEAD")) {
		status = MHD_HTTP_METHOD_NOT_ALLOWED;
		response = say("only GET and HEAD\n", "text/plain");
		mhd.MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	} else if (!strcmp(url, "/")) {
		status = MHD_HTTP_OK;
		response = say(PAGE, "text/html; charset=utf-8");
	} else if (strcmp(url, "/metrics")) {
		status = MHD_HTTP_NOT_FOUND;
		response = say("see /metrics\n", "text/plain");
	} else {
		status = MHD_HTTP_OK;
		response = read_metrics(server, wants_openmetrics(connection));
	}
	if (!response)
		return MHD_NO; /* closes the connection */
	/* One answer each, so that what took too long is known by when it began. */
	mhd.MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = mhd.MHD_queue_response(connection, status, response);
	mhd.MHD_destroy_response(response);
	return result;
}

static void note_client(void *context, struct MHD_Connection *connection, void **state,
			enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct client *client = *state;
	struct server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (client)
			client->since = 0;
		server->has_room = true;
		return;
	}
	info = mhd.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (client = server->clients; client < server->clients + CONNECTIONS_MAX; client++) {
		if (client->since > 0)
			continue;
		*client = (struct client){ .fd = info->connect_fd, .since = clock_now() };
		*state = client;
		return;
	}
}

/* Ends those that take too long; the library sees it as it sees one that goes. When to look again.
 */
static double end_slow_clients(struct server *server)
{
	double time = clock_now(), next = time + WAIT_SECONDS_MAX;
	struct client *client;

	for (client = server->clients; client < server->clients + CONNECTIONS_MAX; client++) {
		double end = client->since + ANSWERED_SECONDS_MAX;

		if (client->since <= 0)
			continue;
		if (time >= end)
			shutdown(client->fd, SHUT_RDWR);
		else if (end < next)
			next = end;
	}
	return next;
}

static void print_library(void *context, const char *format, va_list args)
{
	(void)context;
	log_library("libmicrohttpd", format, args);
}

static int parse_address(const char *text, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)address;
	const char *colon = strrchr(text, ':');
	size_t length = colon ? colon - text : 0;
	char host[INET6_ADDRSTRLEN + 2] = "127.0.0.1";
	unsigned int port;

	if (options_parse_u32(colon ? colon + 1 : text, &port) || port > 65535 ||
	    length >= sizeof(host))
		return -EINVAL;
	if (colon)
		snprintf(host, sizeof(host), "%.*s", (int)length, text);
	*address = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET, host, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons(port);
		return 0;
	}
	if (length < 2 || host[0] != '[' || host[length - 1] != ']')
		return -EINVAL;
	host[length - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &ipv6->sin6_addr) != 1)
		return -EINVAL;
	ipv6->sin6_family = AF_INET6;
	ipv6->sin6_port = htons(port);
	return 0;
}

int metrics_server_check(const char *text)
{
	struct sockaddr_storage address;
	int err = parse_address(text, &address);

	if (err)
		log_error("could not listen on '%s': it is not an [ADDR:]PORT, as in 10435, "
			  "0.0.0.0:10435 or [::1]:10435",
			  text);
	return err;
}

/* A port that was free a moment ago, an address of each kind for itself. */
static int bind_socket(int fd, const struct sockaddr_storage *address)
{
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (address->ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) || listen(fd, SOMAXCONN))
		return -errno;
	return 0;
}

static int open_socket(const struct sockaddr_storage *address)
{
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : bind_socket(fd, address);

	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

static const char *what_to_do(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "; choose another port, or see 'ss -ltnp' for who has it";
	case -EADDRNOTAVAIL:
		return "; this machine does not have the address, see 'ip address'";
	case -EACCES:
		return "; choose a port from 1024 on, or run as root";
	case -EAFNOSUPPORT:
		return "; this machine has no IPv6, give an IPv4 address";
	default:
		return "";
	}
}

int metrics_server_listen(const char *text)
{
	static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };
	struct sockaddr_storage address;
	int fd;

	if (library_load(HAVE_HTTP, names, &mhd))
		return -ENOENT;
	if (parse_address(text, &address))
		return -EINVAL; /* metrics_server_check() has said why */
	fd = open_socket(&address);
	if (fd < 0)
		log_error("could not listen on %s: %s%s", text, strerror(-fd), what_to_do(fd));
	return fd;
}

static void say_listening(int fd, const char *address)
{
	const char *colon = strrchr(address, ':');
	struct sockaddr_in6 bound = { 0 }; /* the port is in the same place in IPv4's */
	socklen_t size = sizeof(bound);

	getsockname(fd, (struct sockaddr *)&bound, &size);
	log_info("listening on %.*s:%u: http://.../metrics",
		 colon ? (int)(colon - address) : (int)strlen("127.0.0.1"),
		 colon ? address : "127.0.0.1", ntohs(bound.sin6_port));
}

/* The library closes @listen_fd. If it cannot start, only some versions do: the process ends then.
 */
static int start(struct server *server, int listen_fd)
{
	errno = 0;
	server->daemon = mhd.MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, server,
		MHD_OPTION_EXTERNAL_LOGGER, print_library, NULL, MHD_OPTION_LISTEN_SOCKET,
		listen_fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
		MHD_OPTION_NOTIFY_CONNECTION, note_client, server,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
	if (server->daemon)
		return 0;
	log_error("could not start serving: %s", strerror(errno ? errno : EIO));
	return -EIO;
}

/* Readable when it is time to stop, or the server has something to do. */
static int watch_both(struct MHD_Daemon *daemon, int stop_fd)
{
	int server_fd = mhd.MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	int fd = pollset_open((const int[]){ server_fd, stop_fd }, 2);

	if (fd < 0)
		log_error("could not wait for requests: %s", strerror(-fd));
	return fd;
}

static int serve(struct server *server, int fd, int stop_fd)
{
	int err = 0;

	while (err >= 0 && !pollset_is_readable(stop_fd)) {
		MHD_UNSIGNED_LONG_LONG left;
		double next, unused;

		server->has_room = false;
		if (mhd.MHD_run(server->daemon) != MHD_YES) {
			log_error("could not continue serving: %s", strerror(errno));
			return -EIO;
		}
		next = end_slow_clients(server);
		unused = stats_cost_end_unused(server->set);
		if (unused > 0 && unused < next)
			next = unused;
		/* Of timeouts the library knows one: there is more to do at once. */
		if (server->has_room || mhd.MHD_get_timeout(server->daemon, &left) == MHD_YES)
			next = clock_now();
		err = stats_set_wait(server->set, next, fd);
	}
	return err < 0 ? err : 0;
}

int metrics_server_run(struct stats_set *set, const struct report_view *view, const char *address,
		       int listen_fd, int stop_fd)
{
	struct server server = { .set = set, .view = view };
	int fd, err = start(&server, listen_fd);

	if (err)
		return err;
	fd = watch_both(server.daemon, stop_fd);
	if (fd >= 0) {
		say_listening(listen_fd, address);
		err = serve(&server, fd, stop_fd);
		close(fd);
	}
	mhd.MHD_stop_daemon(server.daemon);
	return fd < 0 ? fd : err;
}

#else

#include <errno.h>

#include "log.h"

int metrics_server_check(const char *text)
{
	log_error("could not listen on %s: this program was built without libmicrohttpd; see "
		  "./configure",
		  text);
	return -ENOTSUP;
}

int metrics_server_listen(const char *address)
{
	(void)address;
	return -ENOTSUP;
}

int metrics_server_run(struct stats_set *set, const struct report_view *view, const char *address,
		       int listen_fd, int stop_fd)
{
	(void)set;
	(void)view;
	(void)address;
	(void)listen_fd;
	(void)stop_fd;
	return -ENOTSUP;
}
#endif
