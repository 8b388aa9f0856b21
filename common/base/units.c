// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "units.h"

#include <string.h>

/* Writes the digits, a point between them or not, of @value, which is below 1,000 after rounding.
 * Returns their end.
 */
static char *put_digits(char *to, double value)
{
	const int decimals = value >= 99.95 || value == 0 ? 0 : value >= 9.995 ? 1 : 2;
	const int scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	int scaled = (int)(value * scale + 0.5), step;

	for (step = 100; step > 0; step /= 10) {
		if (step * 10 == scale)
			*to++ = '.';
		if (scaled >= step || step <= scale)
			*to++ = (char)('0' + scaled / step % 10);
	}
	return to;
}

/* Writes @value as "1.49", @space and "M". Returns the end. */
static char *put_scaled(char *to, double value, const char *space)
{
	static const char prefixes[] = "kMGTPEZY";
	const char *next = prefixes;

	for (; value >= UNITS_SCALED_FROM && *next; next++)
		value /= 1000;
	to = stpcpy(put_digits(to, value < UNITS_SCALED_FROM ? value : 999), space);
	if (next > prefixes)
		*to++ = next[-1];
	*to = '\0';
	return to;
}

char *units_scaled(char *text, double value, const char *unit)
{
	strcpy(put_scaled(text, value, " "), unit);
	return text;
}

char *units_scaled_bare(char *text, double value)
{
	put_scaled(text, value, "");
	return text;
}
