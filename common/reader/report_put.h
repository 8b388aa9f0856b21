/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes texts and numbers, to a stream or to memory. A round of 1,000 devices has 5,000 lines and
 * more: with printf() it would take three times as long (make bench). No locale changes what is
 * written.
 */
#ifndef REPORT_PUT_H
#define REPORT_PUT_H

#include <stddef.h>
#include <stdio.h>

void report_put(FILE *out, const char *text);

/* What is in memory from @begin up to @end. */
void report_put_between(FILE *out, const char *begin, const char *end);

/* @text, and spaces up to @width; or spaces, and @text. */
void report_put_padded(FILE *out, const char *text, size_t width);
void report_put_right(FILE *out, const char *text, size_t width);

/* @value as 1234; or with its unit as 1,234 B, and with spaces before it up to @width. */
void report_put_number(FILE *out, unsigned long long value);
void report_put_grouped(FILE *out, unsigned long long value, const char *unit, size_t width);

/* @value and @unit as units_scaled() prints them, with spaces before them up to @width. */
void report_put_scaled(FILE *out, double value, const char *unit, size_t width);

/* @value, which is not negative, as the nearest integer; 2^64 - 1 if it is larger. */
unsigned long long report_round(double value);

/* @value, which is not negative, rounded to @decimals digits behind a point; 0: to an integer. */
void report_put_fixed(FILE *out, double value, int decimals);

/* To memory, for lines of many parts: report_put() takes longer than to copy a short text. As
 * stpcpy() they return the end of what they have written, which is not terminated.
 * REPORT_DIGITS_MAX bytes are enough.
 */
#define REPORT_DIGITS_MAX 32 /* 2^64 has 20; and a point */
char *report_print_number(char *to, unsigned long long value);
char *report_print_fixed(char *to, double value, int decimals);

#endif /* REPORT_PUT_H */
