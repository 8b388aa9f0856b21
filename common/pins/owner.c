// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "log.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define TEXT_MAX (IF_NAMESIZE + NAME_MAX + 80)

static int find_netns(struct owner *owner)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;
	socklen_t size = sizeof(owner->netns);
	struct stat info;

	if (fd < 0)
		return -errno;
	err = getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &owner->netns, &size) ? -errno : 0;
	close(fd);
	owner->has_cookie = !err;
	if (err != -ENOPROTOOPT)
		return err;
	if (stat("/proc/self/ns/net", &info))
		return -errno;
	owner->netns = info.st_ino;
	return 0;
}

int owner_of(struct owner *owner, const char *device, int ifindex, const char *netns_name)
{
	int err;

	*owner = (struct owner){ .ifindex = ifindex };
	snprintf(owner->device, sizeof(owner->device), "%s", device);
	snprintf(owner->netns_name, sizeof(owner->netns_name), "%s", netns_name ? netns_name : "");
	err = find_netns(owner);
	if (err)
		log_error("could not find out which network namespace this is: %s%s",
			  strerror(-err), log_few_files(err));
	return err;
}

static void print(const struct owner *owner, char *text, size_t size)
{
	snprintf(text, size, "%s ifindex %d netns %s %llu%s%s", owner->device, owner->ifindex,
		 owner->has_cookie ? "cookie" : "inode", owner->netns,
		 *owner->netns_name ? " named " : "", owner->netns_name);
}

/* What is not written as we write it is another's. */
static bool parse(struct owner *owner, const char *text)
{
	char kind[7] = "", again[TEXT_MAX];
	const char *name;
	int size = 0;

	*owner = (struct owner){ 0 };
	if (sscanf(text, "%15s ifindex %d netns %6s %llu%n", owner->device, &owner->ifindex, kind,
		   &owner->netns, &size) != 4)
		return false;
	owner->has_cookie = !strcmp(kind, "cookie");
	name = strstr(text + size, " named ");
	if (name)
		snprintf(owner->netns_name, sizeof(owner->netns_name), "%s",
			 name + strlen(" named "));
	print(owner, again, sizeof(again));
	return !strcmp(text, again);
}

int owner_read(struct owner *owner, int parent, const char *name)
{
	char text[TEXT_MAX], path[PATH_MAX + sizeof("/" OWNER_LINK)];
	ssize_t size;

	snprintf(path, sizeof(path), "%s/" OWNER_LINK, name);
	size = readlinkat(parent, path, text, sizeof(text) - 1);
	if (size < 0) /* EINVAL: it is not a link */
		return errno == EINVAL || errno == ENOTDIR ? -ENOENT : -errno;
	text[size] = '\0';
	return parse(owner, text) ? 0 : -ENOENT;
}

int owner_write(const struct owner *owner, int folder)
{
	char text[TEXT_MAX];
	int err;

	print(owner, text, sizeof(text));
	if (!symlinkat(text, folder, OWNER_LINK))
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (unlinkat(folder, OWNER_NEW_LINK, 0) && errno != ENOENT)
		return -errno;
	if (symlinkat(text, folder, OWNER_NEW_LINK))
		return -errno;
	if (!renameat(folder, OWNER_NEW_LINK, folder, OWNER_LINK))
		return 0;
	err = -errno;
	unlinkat(folder, OWNER_NEW_LINK, 0);
	return err;
}

int owner_remove(int folder)
{
	unlinkat(folder, OWNER_NEW_LINK, 0);
	return unlinkat(folder, OWNER_LINK, 0) && errno != ENOENT ? -errno : 0;
}

bool owner_is_same_netns(const struct owner *one, const struct owner *other)
{
	return one->has_cookie == other->has_cookie && one->netns == other->netns;
}

bool owner_is_same(const struct owner *one, const struct owner *other)
{
	return owner_is_same_netns(one, other) && one->ifindex == other->ifindex;
}

int owner_name_now(const struct owner *owner, char *name)
{
	int err = device_name(owner->ifindex, name);

	if (err && err != -ENODEV)
		log_error("could not look for the device of index %d: %s", owner->ifindex,
			  strerror(-err));
	return err;
}

const char *owner_describe(const struct owner *owner, const struct owner *here, char *text,
			   size_t size)
{
	char now[IF_NAMESIZE] = "";

	if (!owner_is_same_netns(owner, here))
		snprintf(text, size, "%s (ifindex %d) of %s network namespace%s%s", owner->device,
			 owner->ifindex, *owner->netns_name ? "the" : "another",
			 *owner->netns_name ? " that was called " : "", owner->netns_name);
	else if (!owner_name_now(owner, now) && strcmp(now, owner->device))
		snprintf(text, size, "%s (ifindex %d), which was %s", now, owner->ifindex,
			 owner->device);
	else
		snprintf(text, size, "%s (ifindex %d)", owner->device, owner->ifindex);
	return text;
}
