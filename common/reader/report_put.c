// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "report_put.h"

#include <string.h>

#include "report.h"
#include "units.h"

static void put_bytes(FILE *out, const char *bytes, size_t length)
{
	fwrite_unlocked(bytes, 1, length, out);
}

static void put_spaces(FILE *out, size_t length, size_t width)
{
	while (length++ < width)
		putc_unlocked(' ', out);
}

void report_put(FILE *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

void report_put_between(FILE *out, const char *begin, const char *end)
{
	put_bytes(out, begin, end - begin);
}

void report_put_padded(FILE *out, const char *text, size_t width)
{
	report_put(out, text);
	put_spaces(out, strlen(text), width);
}

/* The digits of @value end at @end, with a point before the last @decimals of them. */
static char *print_digits(char *end, unsigned long long value, int decimals)
{
	int digits = 0;

	do {
		*--end = '0' + value % 10;
		value /= 10;
		if (++digits == decimals)
			*--end = '.';
	} while (value || (decimals && digits <= decimals));
	return end;
}

/* Those of print_digits(), at @to. */
static char *print(char *to, unsigned long long value, int decimals)
{
	char digits[REPORT_DIGITS_MAX], *end = digits + sizeof(digits);
	const char *begin = print_digits(end, value, decimals);

	return mempcpy(to, begin, end - begin);
}

char *report_print_number(char *to, unsigned long long value)
{
	return print(to, value, 0);
}

void report_put_number(FILE *out, unsigned long long value)
{
	char digits[REPORT_DIGITS_MAX];

	report_put_between(out, digits, report_print_number(digits, value));
}

void report_put_grouped(FILE *out, unsigned long long value, const char *unit, size_t width)
{
	char text[REPORT_NUMBER_SIZE];
	size_t length = strlen(report_number(text, value));

	put_spaces(out, length + 1 + strlen(unit), width);
	put_bytes(out, text, length);
	putc_unlocked(' ', out);
	report_put(out, unit);
}

void report_put_right(FILE *out, const char *text, size_t width)
{
	put_spaces(out, strlen(text), width);
	report_put(out, text);
}

/* From 2^52 on a double is an integer. */
unsigned long long report_round(double value)
{
	return value < 0x1p52 ? value + 0.5 : value < 0x1p64 ? value : ~0ULL;
}

char *report_print_fixed(char *to, double value, int decimals)
{
	int i;

	for (i = 0; i < decimals; i++)
		value *= 10;
	return print(to, report_round(value), decimals);
}

void report_put_fixed(FILE *out, double value, int decimals)
{
	char digits[REPORT_DIGITS_MAX];

	report_put_between(out, digits, report_print_fixed(digits, value, decimals));
}

void report_put_scaled(FILE *out, double value, const char *unit, size_t width)
{
	char text[UNITS_SIZE];

	report_put_right(out, units_scaled(text, value, unit), width);
}
