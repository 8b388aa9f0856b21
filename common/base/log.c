// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "escape.h"

/* libbpf's callback has no argument of its own, so what it needs cannot live anywhere else. */
static struct {
	const char *tool;
	enum log_level level;
	void (*take)(void *context, const char *message);
	void *take_context;
	char kernel_message[256], warning[512];
	char taken[256], warning_taken[512];
} log_state = { .tool = "" };

/* One write a message, so that two processes' messages do not mix. */
static void put(const char *prefix, const char *message)
{
	if (log_state.take)
		log_state.take(log_state.take_context, message);
	else
		fprintf(stderr, "%s: %s%s\n", log_state.tool, prefix, message);
}

static void print(const char *prefix, const char *format, va_list args)
{
	char text[4096], shown[4 * sizeof(text)];

	vsnprintf(text, sizeof(text), format, args);
	put(prefix, escape_text(shown, sizeof(shown), text));
}

void log_divert(void (*take)(void *context, const char *message), void *context)
{
	log_state.take = take;
	log_state.take_context = context;
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("", format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	if (log_state.level < LOG_NORMAL)
		return;
	va_start(args, format);
	print("", format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;

	if (log_state.level < LOG_NORMAL)
		return;
	va_start(args, format);
	print("warning: ", format, args);
	va_end(args);
}

void log_library(const char *library, const char *format, va_list args)
{
	char prefix[32], text[4096], shown[4 * sizeof(text)];
	size_t len;

	if (log_state.level < LOG_VERBOSE)
		return;
	snprintf(prefix, sizeof(prefix), "%s: ", library);
	vsnprintf(text, sizeof(text), format, args);
	for (len = strlen(text); len && text[len - 1] == '\n'; len--)
		text[len - 1] = '\0';
	put(prefix, escape_lines(shown, sizeof(shown), text));
}

void log_lines(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *shown = malloc(size);

	if (shown)
		fputs(escape_lines(shown, size, text), stderr);
	free(shown);
}

/* libbpf drops the kernel's own words on a netlink error into its log and nowhere else. */
static void keep_kernel_message(const char *format, va_list args)
{
	char text[512];
	const char *message;

	if (!strstr(format, "Kernel error message"))
		return;
	vsnprintf(text, sizeof(text), format, args);
	message = strstr(text, "message: ");
	if (!message)
		return;
	message += strlen("message: ");
	snprintf(log_state.kernel_message, sizeof(log_state.kernel_message), "%.*s",
		 (int)strcspn(message, "\n"), message);
}

/* When libbpf gives up, or tries once more, it prints lines that are not a reason. */
static void keep_warning(const char *format, va_list args)
{
	static const char *const no_reasons[] = { "failed to load object",
						  "Error in bpf_create_map", "Retrying without BTF",
						  "PROG LOAD LOG" };
	char text[sizeof(log_state.warning)];
	size_t i;

	for (i = 0; i < sizeof(no_reasons) / sizeof(no_reasons[0]); i++)
		if (strstr(format, no_reasons[i]))
			return;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	if (*text && text[strlen(text) - 1] == '.')
		text[strlen(text) - 1] = '\0';
	memcpy(log_state.warning, text, sizeof(text));
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	const char *own = "libbpf: ";
	va_list copy;

	va_copy(copy, args);
	keep_kernel_message(format, copy);
	va_end(copy);

	if (!strncmp(format, own, strlen(own)))
		format += strlen(own);
	va_copy(copy, args);
	if (level == LIBBPF_WARN)
		keep_warning(format, copy);
	va_end(copy);
	log_library("libbpf", format, args);
	return 0;
}

void log_init(const char *tool, enum log_level level)
{
	log_state.tool = tool;
	log_state.level = level;
	libbpf_set_print(print_libbpf);
}

const char *log_take_library_warning(void)
{
	memcpy(log_state.warning_taken, log_state.warning, sizeof(log_state.warning_taken));
	log_state.warning[0] = '\0';
	return log_state.warning_taken;
}

const char *log_take_kernel_message(void)
{
	memcpy(log_state.taken, log_state.kernel_message, sizeof(log_state.taken));
	log_state.kernel_message[0] = '\0';
	return log_state.taken;
}

const char *log_missing_right(int err, const char *capability)
{
	static char text[128];

	if (err != -EPERM)
		return "";
	if (geteuid())
		return "; run as root";
	snprintf(text, sizeof(text), "; that needs %s", capability);
	return text;
}

const char *log_few_files(int err)
{
	return err == -EMFILE ? "; allow more open files with 'ulimit -n'" : "";
}
