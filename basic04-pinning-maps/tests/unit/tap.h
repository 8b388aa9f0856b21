/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a unit test prints: the Test Anything Protocol, a line a check, the plan at the end. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static int tap_count, tap_failed;

static void __attribute__((format(printf, 2, 3))) ok(bool passed, const char *format, ...)
{
	va_list args;

	tap_failed += !passed;
	printf("%sok %d ", passed ? "" : "not ", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* The tool's messages are read back from a file in place of stderr. */
static char tap_message[8192];

static inline FILE *messages_begin(void)
{
	FILE *file = tmpfile();

	if (!file || dup2(fileno(file), STDERR_FILENO) < 0)
		printf("Bail out! no temporary file\n");
	return file;
}

/* What was said since the last call. */
static inline const char *messages_take(FILE *file)
{
	size_t len;

	fflush(stderr);
	rewind(file);
	len = fread(tap_message, 1, sizeof(tap_message) - 1, file);
	tap_message[len] = '\0';
	if (ftruncate(fileno(file), 0))
		printf("Bail out! cannot empty a temporary file\n");
	rewind(file);
	return tap_message;
}

static int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif /* TAP_H */
