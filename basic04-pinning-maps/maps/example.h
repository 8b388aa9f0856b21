/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the examples share: they print what the kernel answers, and end where it is an answer that
 * they cannot go on from.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLE_ELEMENTS(array_) (sizeof(array_) / sizeof((array_)[0]))

#define EXAMPLE_ENOTSUPP 524 /* the kernel's own: the C library has no name for it */

/* What a call that returns a negative number where it fails has answered: "ok", or the name of the
 * error. libbpf's wrappers of bpf() return -errno, and set errno too.
 */
static inline const char *example_answer(int ret)
{
	if (ret == -EXAMPLE_ENOTSUPP)
		return "ENOTSUPP";
	return ret < 0 ? strerrorname_np(-ret) : "ok";
}

/* Prints "what: answer", indented. */
static inline void example_tell(const char *what, int ret)
{
	printf("  %-40s %s\n", what, example_answer(ret));
}

/* Ends the example where the call failed; else returns what the call returned. */
static inline int example_must(const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	fflush(stdout);
	fprintf(stderr, "could not %s: %s%s\n", what, strerror(-ret),
		ret == -EPERM ? "; run as root" : "");
	exit(EXIT_FAILURE);
}

#endif /* EXAMPLE_H */
