// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "output.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "exit_codes.h"
#include "log.h"

void output_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
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
