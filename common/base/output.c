// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "escape.h"
#include "exit_codes.h"
#include "log.h"

/* Else a map or a socket would become standard output. Reading and writing fail as if they were
 * closed.
 */
static int open_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
			int err = -errno;

			log_error("could not open /dev/null in place of descriptor %d, which is "
				  "closed: %s",
				  fd, strerror(-err));
			return err;
		}
	}
	return 0;
}

int output_begin(void)
{
	/* A round is one write(), also of a thousand devices. */
	static char buffer[1 << 20];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	signal(SIGPIPE, SIG_IGN);
	return open_standard();
}

void output_print(const char *format, ...)
{
	char text[2 * PATH_MAX], shown[4 * sizeof(text)];
	bool ends_line = format[strlen(format) - 1] == '\n';
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (ends_line && *text)
		text[strlen(text) - 1] = '\0';
	fputs(escape_text(shown, sizeof(shown), text), stdout);
	if (ends_line)
		putchar('\n');
}

int output_flush(void)
{
	int err;

	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	err = errno ? -errno : -EIO;
	__fpurge(stdout);
	if (err == -EPIPE || err == -EINTR)
		clearerr(stdout);
	else
		log_error("could not write to standard output: %s", strerror(-err));
	return err;
}

int output_end(int code)
{
	/* The error mark of a failure that was said already stays. */
	bool failed = ferror(stdout);

	if (!failed) {
		int err = output_flush();

		failed = err && err != -EPIPE && err != -EINTR;
	}
	return failed && code == EXIT_OK ? EXIT_FAILED : code;
}

static struct {
	const char *path;
	char real[PATH_MAX];   /* where its links lead */
	char beside[PATH_MAX]; /* "": it is written to as it is */
} file;

static int fail_file(int err)
{
	log_error("could not write %s: %s", file.path, strerror(-err));
	return err;
}

/* The link at @path names a file that need not be there. 1; 0 if @path is no link; or -errno. */
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

static int find_real(const char *path)
{
	int links, err = 1;

	if (snprintf(file.real, sizeof(file.real), "%s", path) >= (int)sizeof(file.real))
		return -ENAMETOOLONG;
	for (links = 0; err > 0; links++)
		err = links < 40 ? follow_link(file.real) : -ELOOP;
	return err;
}

bool output_file_is_allowed(const char *path)
{
	if (find_real(path))
		return true; /* output_file_begin() says why not */
	return !faccessat(AT_FDCWD, dirname(strdupa(file.real)), W_OK | X_OK, AT_EACCESS);
}

/* What is there and is not a regular file is not replaced: a device, a pipe. */
static int open_file(void)
{
	mode_t mask = umask(0);
	struct stat found;
	int fd;

	umask(mask);
	if (!stat(file.path, &found) && !S_ISREG(found.st_mode))
		return open(file.path, O_WRONLY | O_CLOEXEC);
	if (snprintf(file.beside, sizeof(file.beside), "%s.XXXXXX", file.real) >=
	    (int)sizeof(file.beside)) {
		file.beside[0] = '\0';
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(file.beside, O_CLOEXEC);
	if (fd >= 0)
		fchmod(fd, 0666 & ~mask);
	return fd;
}

int output_file_begin(const char *path)
{
	int fd, err;

	file.path = path;
	file.beside[0] = '\0';
	err = find_real(path);
	if (err)
		return fail_file(err);
	fd = open_file();
	if (fd < 0)
		return fail_file(-errno);
	if (dup2(fd, STDOUT_FILENO) < 0) {
		err = -errno;
		close(fd);
		output_file_drop();
		return fail_file(err);
	}
	close(fd);
	return 0;
}

void output_file_drop(void)
{
	if (*file.beside)
		unlink(file.beside);
}

int output_file_commit(void)
{
	int err = output_flush();

	if (!err && *file.beside && (fsync(STDOUT_FILENO) || rename(file.beside, file.real)))
		err = fail_file(-errno);
	if (err)
		output_file_drop();
	return err;
}
