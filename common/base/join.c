// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "join.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void join_add(char *list, size_t size, const char *format, ...)
{
	size_t length = strlen(list);
	va_list args;

	if (length) {
		snprintf(list + length, size - length, ", ");
		length = strlen(list);
	}
	va_start(args, format);
	vsnprintf(list + length, size - length, format, args);
	va_end(args);
}
