// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Preloaded into what bench measures: adds up the time that the process spends in netlink
 * requests, which the kernel carries out before they return, and adds it to a file at the end.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double spent_ms;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	return sendto(fd, data, size, flags, NULL, 0);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
	       socklen_t to_size)
{
	ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *,
			socklen_t) = dlsym(RTLD_NEXT, "sendto");
	double begin = now();
	ssize_t sent = next(fd, data, size, flags, to, to_size);

	spent_ms += now() - begin;
	return sent;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t (*next)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
	double begin = now();
	ssize_t sent = next(fd, message, flags);

	spent_ms += now() - begin;
	return sent;
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("NETLINK_TIME_FILE");
	int fd = path ? open(path, O_WRONLY | O_APPEND) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%f\n", spent_ms);
	close(fd);
}
