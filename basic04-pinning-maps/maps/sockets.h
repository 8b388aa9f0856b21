/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets for an example: on lo, in a network namespace of the example's own. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include "network.h"

/* How many milliseconds to wait for what must come, and for what should not. */
#define SOCKETS_PATIENCE 10000
#define SOCKETS_WAIT 300

/* Makes the namespace. */
static inline void sockets_begin(void)
{
	network_own();
	network_run("ip link set lo up");
}

/* Opens a socket and binds it to a port of 127.0.0.1; port 0 is any that is free. */
static inline int socket_open(int type, in_port_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, type, 0), yes = 1;

	example_must("open a socket", fd < 0 ? -errno : 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	example_must("bind", bind(fd, (struct sockaddr *)&to, sizeof(to)) ? -errno : 0);
	return fd;
}

/* The port that a socket is bound to. */
static inline in_port_t socket_port(int fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	example_must("ask for an address",
		     getsockname(fd, (struct sockaddr *)&address, &size) ? -errno : 0);
	return ntohs(address.sin_port);
}

/* Connects a socket to a port of 127.0.0.1. */
static inline void socket_connect(int fd, in_port_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	example_must("connect", connect(fd, (struct sockaddr *)&to, sizeof(to)) ? -errno : 0);
}

/* Makes the two ends of a TCP connection. */
static inline void socket_pair(int *connected, int *accepted)
{
	int listener = socket_open(SOCK_STREAM, 0);

	example_must("listen", listen(listener, 1) ? -errno : 0);
	*connected = socket_open(SOCK_STREAM, 0);
	socket_connect(*connected, socket_port(listener));
	*accepted = accept(listener, NULL, NULL);
	example_must("accept", *accepted < 0 ? -errno : 0);
	close(listener);
}

/* Returns 0, or the negative error. */
static inline int socket_write(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Waits until one of two sockets has something to read. */
static inline void sockets_wait(int one, int other)
{
	struct pollfd readable[] = { { .fd = one, .events = POLLIN },
				     { .fd = other, .events = POLLIN } };

	poll(readable, 2, SOCKETS_PATIENCE);
}

/* What has come, at most 63 bytes; "nothing" if that is so for SOCKETS_WAIT. Good until the next
 * call.
 */
static inline const char *socket_read(int fd)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	static char text[64];
	int size;

	if (poll(&readable, 1, SOCKETS_WAIT) <= 0)
		return "nothing";
	memset(text, 0, sizeof(text));
	size = (int)read(fd, text, sizeof(text) - 1);
	example_must("read", size < 0 ? -errno : 0);
	return size ? text : "the end";
}

/* The number by which the kernel knows a socket. */
static inline __u64 socket_cookie(int fd)
{
	__u64 cookie = 0;
	socklen_t size = sizeof(cookie);

	example_must("ask for a cookie",
		     getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) ? -errno : 0);
	return cookie;
}

#endif /* SOCKETS_H */
