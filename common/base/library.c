// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "log.h"

/* dlerror() gives a text and no errno. If too many files are open, installing does not help. */
static void say_not_loaded(const char *file, const char *reason)
{
	bool is_short = strstr(reason, strerror(EMFILE));

	log_error("could not load %s: %s%s", file, reason,
		  is_short ? log_few_files(-EMFILE) : "; install it");
}

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
	say_not_loaded(file, dlerror());
	return -ENOENT;
}
