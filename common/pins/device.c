// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

int device_check_name(const char *name)
{
	const char *c;

	if (strlen(name) >= IF_NAMESIZE) {
		log_error("'%s' is not a device name: it is longer than %d characters", name,
			  IF_NAMESIZE - 1);
		return -ENAMETOOLONG;
	}
	for (c = name; *c; c++)
		if (*c == '/' || *c == ':' || isspace((unsigned char)*c))
			break;
	if (!*name || *c || is_dots(name)) {
		log_error("'%s' is not a device name: see 'ip link' for those there are", name);
		return -EINVAL;
	}
	return 0;
}

int device_check_netns(const char *netns)
{
	if (strlen(netns) > NAME_MAX - strlen("netns-")) {
		log_error("'%s' is not a network namespace: the name is too long", netns);
		return -ENAMETOOLONG;
	}
	if (!*netns || strchr(netns, '/') || is_dots(netns)) {
		log_error("'%s' is not a network namespace: see 'ip netns' for those there are",
			  netns);
		return -EINVAL;
	}
	return 0;
}

/* Sends the ioctls one after the other, until one fails. Returns 0 or -errno. */
static int ask(struct ifreq *request, const unsigned long *questions, size_t count)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = fd < 0 ? -errno : 0;
	size_t i;

	for (i = 0; i < count && !err; i++)
		err = ioctl(fd, questions[i], request) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return err;
}

int device_name(int ifindex, char *name)
{
	struct ifreq request = { .ifr_ifindex = ifindex };
	int err = ask(&request, (const unsigned long[]){ SIOCGIFNAME }, 1);

	if (err)
		return err == -ENXIO ? -ENODEV : err;
	snprintf(name, IF_NAMESIZE, "%s", request.ifr_name);
	return 0;
}

int device_find(const char *name, char *primary)
{
	const unsigned long questions[] = { SIOCGIFINDEX, SIOCGIFNAME };
	struct ifreq request = { 0 };
	int err;

	snprintf(request.ifr_name, IF_NAMESIZE, "%s", name);
	err = ask(&request, questions, 2);
	snprintf(primary, IF_NAMESIZE, "%s", err ? name : request.ifr_name);
	if (!err)
		return request.ifr_ifindex;
	if (err == -ENODEV || err == -ENXIO) /* ENXIO: it has gone after the first question */
		return 0;
	log_error("could not look for device %s: %s%s", name, strerror(-err), log_few_files(err));
	return err;
}

int device_index(const char *name, const char *netns)
{
	char primary[IF_NAMESIZE];
	int index = device_find(name, primary);

	if (index)
		return index;
	log_error("could not find device %s%s%s: see 'ip %s%s%slink' for those there are", name,
		  netns ? " in network namespace " : "", netns ? netns : "", netns ? "-n " : "",
		  netns ? netns : "", netns ? " " : "");
	return -ENODEV;
}

static void netns_path(const char *netns, char *path, size_t size)
{
	snprintf(path, size, DEVICE_NETNS_DIR "/%s", netns);
}

bool device_has_netns(const char *netns)
{
	char path[PATH_MAX];

	netns_path(netns, path, sizeof(path));
	return !access(path, F_OK);
}

static int enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return err;
}

int device_fail_to_enter(int err, const char *netns)
{
	log_error("could not enter network namespace %s: %s%s", netns, strerror(-err),
		  err == -EPERM	 ? log_missing_right(err, "CAP_SYS_ADMIN") :
		  err == -ENOENT ? "; see 'ip netns' for those there are" :
				   "");
	return err;
}

int device_enter_netns(const char *netns)
{
	char path[PATH_MAX];
	int err;

	netns_path(netns, path, sizeof(path));
	err = enter(path);
	return err ? device_fail_to_enter(err, netns) : 0;
}

int device_visit_netns(const char *netns)
{
	int before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), err;
	char path[PATH_MAX];

	if (before < 0)
		return -errno;
	netns_path(netns, path, sizeof(path));
	err = enter(path);
	if (!err)
		return before;
	close(before);
	return err;
}

int device_leave_netns(int before)
{
	int err = setns(before, CLONE_NEWNET) ? -errno : 0;

	close(before);
	return err;
}

bool device_current_netns(char *netns, size_t size)
{
	struct stat own, other;
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	dir = opendir(DEVICE_NETNS_DIR);
	if (!dir)
		return false;
	if (stat("/proc/self/ns/net", &own))
		goto out;
	while (!found && (entry = readdir(dir))) {
		if (is_dots(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &other, 0))
			continue;
		found = own.st_dev == other.st_dev && own.st_ino == other.st_ino;
		if (found)
			snprintf(netns, size, "%s", entry->d_name);
	}
out:
	closedir(dir);
	return found;
}

void device_pin_name(const char *name, char *pin_name)
{
	for (; *name; name++)
		*pin_name++ = *name == '.' ? '_' : *name;
	*pin_name = '\0';
}
