// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Preloaded into a tool: something happens to a netlink request that is chosen by what it asks for,
 * as versions of libbpf differ in how many they make. libbpf calls send(), libmnl sendto().
 * NETLINK_FAULT is "REQUEST:N:FAULT": the N-th of these requests, which are RTM_GETLINK,
 * RTM_SETLINK or CTRL_CMD_GETFAMILY, meets the fault:
 *   ERROR    is not sent, and fails with this error, such as EBUSY
 *   kill     is not sent, as the process is killed before
 *   stop     is sent when the process, which stops before, is continued
 *   lost     is sent, but its answer is lost, as if the socket's buffer were full (ENOBUFS)
 *   last     is sent and answered; all requests after it fail with ENOBUFS
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#define ERRORS 134 /* of Linux, and one more */

static int seen;	     /* requests of the kind that is meant */
static bool silent;	     /* nothing is sent any more */
static int deaf_socket = -1; /* whose answer is lost */

static int not_known(const char *word)
{
	fprintf(stderr, "NETLINK_FAULT: %s is not known\n", word);
	abort();
}

static int request_type(const char *name)
{
	return !strcmp(name, "RTM_GETLINK")	   ? RTM_GETLINK :
	       !strcmp(name, "RTM_SETLINK")	   ? RTM_SETLINK :
	       !strcmp(name, "CTRL_CMD_GETFAMILY") ? GENL_ID_CTRL :
						     not_known(name);
}

static int error_number(const char *name)
{
	int number;

	for (number = 1; number < ERRORS; number++)
		if (strerrorname_np(number) && !strcmp(strerrorname_np(number), name))
			return number;
	return not_known(name);
}

/* The error with which sending fails, or 0. */
static int meet(int fd, const char *fault)
{
	if (!strcmp(fault, "kill"))
		raise(SIGKILL);
	else if (!strcmp(fault, "stop"))
		raise(SIGSTOP);
	else if (!strcmp(fault, "lost"))
		deaf_socket = fd;
	else if (!strcmp(fault, "last"))
		silent = true;
	else
		return error_number(fault);
	return 0;
}

static int before_send(int fd, const struct nlmsghdr *request)
{
	char name[24], fault[16];
	int number;

	if (silent)
		return ENOBUFS;
	if (sscanf(getenv("NETLINK_FAULT"), "%23[^:]:%d:%15s", name, &number, fault) != 3)
		not_known(getenv("NETLINK_FAULT"));
	return request->nlmsg_type == request_type(name) && ++seen == number ? meet(fd, fault) : 0;
}

#define NEXT(name_) ((__typeof__(&name_))dlsym(RTLD_NEXT, #name_))

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	int err = before_send(fd, data);

	if (!err)
		return NEXT(send)(fd, data, size, flags);
	errno = err;
	return -1;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
	       socklen_t address_size)
{
	int err = before_send(fd, data);

	if (!err)
		return NEXT(sendto)(fd, data, size, flags, address, address_size);
	errno = err;
	return -1;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	char lost[4096];

	if (fd != deaf_socket)
		return NEXT(recvmsg)(fd, message, flags);
	while (recv(fd, lost, sizeof(lost), MSG_DONTWAIT) > 0)
		;
	deaf_socket = -1;
	errno = ENOBUFS;
	return -1;
}
