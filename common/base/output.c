// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "output.h"

#include <errno.h>
#include <fcntl.h>
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

void output_device(const char *netns, const char *device)
{
	output_print("%s%s%s: ", netns ? netns : "", netns ? "/" : "", device);
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
