/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A file that appears whole or not at all: anyone who reads it sees the old text or the new one. */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <limits.h>
#include <stdbool.h>

struct output_file {
	const char *path;      /* as given; the caller's */
	char real[PATH_MAX];   /* the same without symbolic links */
	char beside[PATH_MAX]; /* what becomes the file; "": the file is written to directly */
};

/* Whether the process may replace @path with the capabilities that it has in effect. */
bool output_file_is_allowed(const char *path);

/* From here on stdout goes to a new file beside @path, which output_file_commit() renames to @path.
 * If @path is a symbolic link, the file that it names is replaced. What is not a regular file (a
 * device, a pipe) is written to directly. Returns 0, or -errno with a message.
 */
int output_file_begin(struct output_file *file, const char *path);

/* Returns 0, or -errno with a message; then @path is as it was. */
int output_file_commit(const struct output_file *file);

/* Removes the new file: there is nothing to commit. */
void output_file_drop(const struct output_file *file);

#endif /* OUTPUT_FILE_H */
