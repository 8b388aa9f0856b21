/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Messages to stderr: the tool's name, the text, a line end. Results do not go through here, but
 * to stdout. A message may contain names from outside: it is escaped as in escape.h, and stays one
 * line.
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

/* An error message says "could not VERB OBJECT: REASON; WHAT TO DO". log_info() and log_warn()
 * print nothing at LOG_QUIET.
 */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From now on, messages are passed to @take, with @context and without a line end, and not printed.
 * NULL: they are printed from now on.
 */
void log_divert(void (*take)(void *context, const char *message), void *context);

/* Prints a text of the kernel's, which may have several lines: escaped, and without the tool's
 * name.
 */
void log_lines(const char *text);

/* Prints what a library says, which may be several lines; with --verbose only. */
void log_library(const char *library, const char *format, va_list args);

/* What to do about @err (negative), to be added to a message. After -EPERM it begins with "; " and
 * says to run as root or, if the process is root already (in a container), which @capability is
 * needed. Otherwise "". Valid until the next call.
 */
const char *log_missing_right(int err, const char *capability);

/* The same for -EMFILE: advice to allow more open files; otherwise "". */
const char *log_few_files(int err);

/* Returns libbpf's last warning that gives a reason, as one line, and forgets it; "" if there was
 * none since the last call. Valid until the next call.
 */
const char *log_take_library_warning(void);

/* Returns the text that the kernel sent with the last netlink error, and forgets it; "" if there
 * was none since the last call. Valid until the next call.
 */
const char *log_take_kernel_message(void);

#endif /* LOG_H */
