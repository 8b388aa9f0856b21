/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pins outlive devices: this removes those that no device is left of. */
#ifndef CLEAN_H
#define CLEAN_H

#include <stdbool.h>

struct clean {
	const char *base;
	const char
		*netns; /* only in this network namespace, which the process is in; NULL: in all */
	int lock_timeout_ms;
	/* Also those of network namespaces that are not here. They may be gone, or another
	 * container's.
	 */
	bool force;
	bool quiet;
};

/* Says what was removed, on stdout unless @quiet. What belongs to others is not looked at. Returns
 * 0, or prints a message and returns the exit code for it.
 */
int clean_all(const struct clean *clean);

#endif /* CLEAN_H */
