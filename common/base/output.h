/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a tool writes to stdout: it arrives, or the tool says that it did not. */
#ifndef OUTPUT_H
#define OUTPUT_H

/* Call first: a reader of stdout that has gone then makes writing fail, and does not kill. Opens
 * /dev/null for each standard descriptor that is closed. 0 or -errno, with a message.
 */
int output_begin(void);

/* printf(), for lines with names from outside: all but a last line end is escaped, as in escape.h.
 */
void output_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Flushes stdout. 0; -EPIPE or -EINTR, without a message, where the reader has gone, or a signal
 * came while the reader kept us waiting; or another -errno with a message.
 */
int output_flush(void);

/* Flushes, at the end. Returns @code, or EXIT_FAILED where that was EXIT_OK and the output was not
 * written. A reader that has gone has seen all that it wanted.
 */
int output_end(int code);

#endif /* OUTPUT_H */
