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
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "exit_codes.h"
#include "log.h"

/* Else a map or a socket would become standard output. Reading and writing fail as if they were closed. */
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
	char beside[PATH_MAX];
} file;

static int fail_file(int err)
{
	log_error("could not write %s: %s", file.path, strerror(-err));
	return err;
}

bool output_file_is_allowed(const char *path)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	return !faccessat(AT_FDCWD, dirname(folder), W_OK | X_OK, AT_EACCESS);
}

int output_file_begin(const char *path)
{
	int fd;

	file.path = path;
	if (snprintf(file.beside, sizeof(file.beside), "%s.%d", path, getpid()) >=
	    (int)sizeof(file.beside))
		return fail_file(-ENAMETOOLONG);
	fd = open(file.beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_file(-errno);
	if (dup2(fd, STDOUT_FILENO) < 0) {
		int err = -errno;

		close(fd);
		output_file_drop();
		return fail_file(err);
	}
	close(fd);
	return 0;
}

void output_file_drop(void)
{
	unlink(file.beside);
}

int output_file_commit(void)
{
	int err = output_flush();

	if (!err && (fsync(STDOUT_FILENO) || rename(file.beside, file.path)))
		err = fail_file(-errno);
	if (err)
		output_file_drop();
	return err;
}
