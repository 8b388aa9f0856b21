// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "log.h"

int library_load(const char *file, const char *const *names, void *pointers)
{
	void *library = dlopen(file, RTLD_NOW), *function = library;
	char *pointer = pointers;

	for (; *names && function; names++, pointer += sizeof(function)) {
		function = dlsym(library, *names);
		memcpy(pointer, &function, sizeof(function));
	}
	if (function)
		return 0;
	log_error("could not load %s: %s; install it", file, dlerror());
	return -ENOENT;
}
