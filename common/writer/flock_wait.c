// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "flock_wait.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

#include "log.h"

static void wake(int signal)
{
	(void)signal;
}

/* Waits for the lock, but not longer than @timeout_ms: -ETIMEDOUT. A timer's signal ends the wait;
 * it comes again and again, as the first may come before the wait begins.
 */
static int flock_within(int fd, long timeout_ms)
{
	struct itimerval timer = { .it_interval.tv_usec = 10000 }, off = { 0 };
	struct sigaction action = { .sa_handler = wake }, action_before;
	sigset_t alarm, mask_before;
	int err;

	if (timeout_ms <= 0)
		return -ETIMEDOUT;
	timer.it_value.tv_sec = timeout_ms / 1000;
	timer.it_value.tv_usec = timeout_ms % 1000 * 1000;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigaction(SIGALRM, &action, &action_before);
	sigprocmask(SIG_UNBLOCK, &alarm, &mask_before);
	setitimer(ITIMER_REAL, &timer, NULL);
	err = flock(fd, LOCK_EX) ? -errno : 0;
	setitimer(ITIMER_REAL, &off, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	sigaction(SIGALRM, &action_before, NULL);
	return err == -EINTR ? -ETIMEDOUT : err;
}

int flock_take(int fd, long timeout_ms)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	return errno == EWOULDBLOCK ? flock_within(fd, timeout_ms) : -errno;
}

int flock_holder(const char *path)
{
	unsigned int major_number, minor_number;
	unsigned long inode;
	struct stat locked;
	char line[256];
	int pid, holder = 0;
	FILE *locks;

	if (stat(path, &locked))
		return 0;
	locks = fopen("/proc/locks", "re");
	if (!locks)
		return 0;
	while (!holder && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*s FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_number,
			   &minor_number, &inode) == 4 &&
		    inode == locked.st_ino && makedev(major_number, minor_number) == locked.st_dev)
			holder = pid;
	fclose(locks);
	return holder;
}

int flock_refuse(const char *path, const char *name, int timeout_ms)
{
	char who[64] = "another loader has held it", folder[PATH_MAX + NAME_MAX + 1];
	int pid;

	snprintf(folder, sizeof(folder), "%s/%s", path, name);
	pid = flock_holder(folder);
	if (pid > 0)
		snprintf(who, sizeof(who), "process %d has held it, or others in turn", pid);
	log_error("could not lock %s: %s, for %g s; wait for it, or give a longer --lock-timeout",
		  path, who, timeout_ms / 1000.0);
	return -ETIMEDOUT;
}
