// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers: what is taken is what the C library makes of it, and what is printed reads back. */
#include <errno.h>
#include <math.h>

#include "fuzz.h"
#include "options.h"
#include "report.h"

static void check_u32(const char *text)
{
	unsigned int number = 0;

	if (!options_parse_u32(text, &number))
		must(*text && strspn(text, "0123456789") == strlen(text) &&
			     strtoull(text, NULL, 10) == number,
		     "decimal digits are a number");
	if (!options_parse_value(text, &number))
		must(strtoull(text, NULL, strncmp(text, "0x", 2) ? 10 : 16) == number,
		     "so are hexadecimal ones");
}

static void check_seconds(const char *text)
{
	double seconds = -1;
	int err = options_parse_seconds(text, &seconds);

	must(!err ? seconds >= OPTION_MIN_SECONDS && seconds <= OPTION_MAX_SECONDS : seconds == -1,
	     "seconds are in bounds, or untouched");
	must(err || fabs(strtod(text, NULL) - seconds) < 1e-9 * seconds + 1e-12, "they are right");
}

static void check_printed(unsigned long long value)
{
	char text[REPORT_NUMBER_SIZE], plain[REPORT_NUMBER_SIZE], *out = plain;
	const char *c;

	for (c = report_number(text, value); *c; c++)
		if (*c != ',')
			*out++ = *c;
	*out = '\0';
	must(strtoull(plain, NULL, 10) == value, "a printed number reads back");
}

static void check_time(unsigned long long value)
{
	const struct timespec time = { .tv_sec = value >> 16, .tv_nsec = value % 1000000000 };
	char text[REPORT_TIME_SIZE];

	report_time(text, &time);
	must(strlen(text) < sizeof(text), "a time fits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned long long value = 0;
	struct fuzz_words words;
	int i;

	fuzz_split(&words, data, size);
	for (i = 0; i < words.count; i++) {
		check_u32(words.words[i]);
		check_seconds(words.words[i]);
	}
	memcpy(&value, data, size < sizeof(value) ? size : sizeof(value));
	check_printed(value);
	check_time(value);
	free(words.text);
	return 0;
}
