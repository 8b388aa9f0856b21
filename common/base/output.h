/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a tool writes to stdout. If it cannot be written, the tool says so and fails. */
#ifndef OUTPUT_H
#define OUTPUT_H

/* Call first. After it, writing to a pipe whose reader has gone fails, and does not kill the
 * process. Opens /dev/null for each standard descriptor that is closed: else a map could get the
 * number of stdout. 0 or -errno, with a message.
 */
int output_begin(void);

/* Like printf(), for lines with names from outside: escapes the text as in escape.h, but keeps a
 * line end at its end.
 */
void output_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Begins a line about a device: "eth0: ", or "blue/eth0: " with its network namespace. */
void output_device(const char *netns, const char *device);

/* Flushes stdout. Returns 0; -EPIPE if the reader has gone, or -EINTR if a signal came while we
 * waited for the reader, both without a message; or another -errno with a message.
 */
int output_flush(void);

/* Flushes stdout at the end of a tool. Returns @code, but EXIT_FAILED in place of EXIT_OK if the
 * output could not be written. It is not an error if the reader has gone.
 */
int output_end(int code);

#endif /* OUTPUT_H */
