/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers for people, in three digits and a unit that scales: 12.0 pps, 1.49 Mpps, 883 kbit/s. No
 * locale changes them.
 */
#ifndef UNITS_H
#define UNITS_H

#define UNITS_SIZE 32 /* of the longest text, with a unit of eight bytes */

/* From here on a value is scaled. */
#define UNITS_SCALED_FROM 999.5

/* @value, which is not negative, with @unit: "0 pps", "0.50 pps", "1.49 Mpps". @text has UNITS_SIZE
 * bytes. Returns @text.
 */
char *units_scaled(char *text, double value, const char *unit);

/* The same without space and unit: "1.49M". Five bytes at most, below 1e21. */
char *units_scaled_bare(char *text, double value);

#endif /* UNITS_H */
