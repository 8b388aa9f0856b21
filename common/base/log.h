/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Messages, all to stderr, each with the tool's name before it and a line end after it. Results do
 * not go through here, but to stdout. A message may contain names from outside: it is escaped as in
 * escape.h, and stays one line.
 */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>

enum log_level {
	LOG_QUIET = -1, /* errors only */
	LOG_NORMAL = 0, /* errors, warnings and information */
	LOG_VERBOSE = 1 /* and what libbpf and libxdp say */
};

/* Sets the name and the level, and takes over libbpf's printing. @tool must stay valid. */
void log_init(const char *tool, enum log_level level);

/* "could not VERB OBJECT: REASON; WHAT TO DO" */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Passes messages to @take, with @context and without a line end, instead of printing them. NULL:
 * prints them again.
 */
void log_divert(void (*take)(void *context, const char *message), void *context);

/* Prints several lines of the kernel's, unchanged except that they are escaped. */
void log_lines(const char *text);

/* Prints what a library says, which may be several lines; with --verbose only. */
void log_library(const char *library, const char *format, va_list args);

/* What to do about @err (negative), to be added to a message. After -EPERM it begins with "; " and
 * says to run as root or, if the process is root already (in a container), which @capability is
 * needed. Otherwise "". Valid until the next call.
 */
const char *log_missing_right(int err, const char *capability);

/* Likewise after -EMFILE: to allow more open files. */
const char *log_few_files(int err);

/* Takes libbpf's last warning that says what is wrong, as one line; "" if there was none since the
 * last call. Valid until the next call.
 */
const char *log_take_library_warning(void);

/* Takes the text that the kernel sent with the last netlink error; "" if it sent none, or if it was
 * taken already. Valid until the next call.
 */
const char *log_take_kernel_message(void);

#endif /* LOG_H */
