// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "output.h"

static int fail(const struct output_file *file, int err)
{
	log_error("could not write %s: %s", file->path, strerror(-err));
	return err;
}

/* Follows the symbolic link at @path, whose target may be missing. Returns 1; 0 if @path is not a
 * link; or -errno.
 */
static int follow_link(char *path)
{
	char target[PATH_MAX], *slash = strrchr(path, '/');
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	size_t folder;

	if (length < 0)
		return errno == EINVAL || errno == ENOENT ? 0 : -errno;
	target[length] = '\0';
	folder = slash && target[0] != '/' ? (size_t)(slash + 1 - path) : 0;
	if (folder + length >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(path + folder, target);
	return 1;
}

/* Sets @real, of PATH_MAX bytes, to the file that @path names. Returns 0 or -errno. */
static int find_real(char *real, const char *path)
{
	int links, err = 1;

	if (snprintf(real, PATH_MAX, "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (links = 0; err > 0; links++)
		err = links < 40 ? follow_link(real) : -ELOOP;
	return err;
}

bool output_file_is_allowed(const char *path)
{
	char real[PATH_MAX];

	if (find_real(real, path))
		return true; /* output_file_begin() says why not */
	return !faccessat(AT_FDCWD, dirname(real), W_OK | X_OK, AT_EACCESS);
}

/* What is there and is not a regular file is not replaced: a device, a pipe. */
static int open_file(struct output_file *file)
{
	mode_t mask = umask(0);
	struct stat found;
	int fd;

	umask(mask);
	if (!stat(file->path, &found) && !S_ISREG(found.st_mode))
		return open(file->path, O_WRONLY | O_CLOEXEC);
	if (snprintf(file->beside, sizeof(file->beside), "%s.XXXXXX", file->real) >=
	    (int)sizeof(file->beside)) {
		file->beside[0] = '\0';
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(file->beside, O_CLOEXEC);
	if (fd >= 0)
		fchmod(fd, 0666 & ~mask);
	return fd;
}

int output_file_begin(struct output_file *file, const char *path)
{
	int fd, err;

	file->path = path;
	file->beside[0] = '\0';
	err = find_real(file->real, path);
	if (err)
		return fail(file, err);
	fd = open_file(file);
	if (fd < 0)
		return fail(file, -errno);
	if (dup2(fd, STDOUT_FILENO) < 0) {
		err = -errno;
		close(fd);
		output_file_drop(file);
		return fail(file, err);
	}
	close(fd);
	return 0;
}

void output_file_drop(const struct output_file *file)
{
	if (*file->beside)
		unlink(file->beside);
}

int output_file_commit(const struct output_file *file)
{
	int err = output_flush();

	if (!err && *file->beside && (fsync(STDOUT_FILENO) || rename(file->beside, file->real)))
		err = fail(file, -errno);
	if (err)
		output_file_drop(file);
	return err;
}
