/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of names in a message. */
#ifndef JOIN_H
#define JOIN_H

#include <stddef.h>

/* Adds an entry to @list, which has @size bytes and begins as "", with ", " between two. What does
 * not fit is cut off.
 */
void join_add(char *list, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* JOIN_H */
