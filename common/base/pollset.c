// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pollset.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

int pollset_open(const int *fds, size_t count)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC), err = fd < 0 ? -errno : 0;
	size_t i;

	for (i = 0; i < count && !err; i++)
		if (epoll_ctl(fd, EPOLL_CTL_ADD, fds[i], &event))
			err = -errno;
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

bool pollset_is_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}
