/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes texts and numbers to a stream. A round of 1,000 devices has 5,000 lines and more: with
 * printf() it would take three times as long (make bench). No locale changes what is written.
 */
#ifndef REPORT_PUT_H
#define REPORT_PUT_H

#include <stddef.h>
#include <stdio.h>

void report_put(FILE *out, const char *text);

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

#endif /* REPORT_PUT_H */
