// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* units: numbers that scale, at the borders of their units and of their digits. */
#include <string.h>

#include "tap.h"
#include "units.h"

static void check(double value, const char *scaled, const char *bare)
{
	char text[UNITS_SIZE];

	ok(units_scaled(text, value, "pps") == text && !strcmp(text, scaled), "%s, not %s", scaled,
	   text);
	ok(units_scaled_bare(text, value) == text && !strcmp(text, bare), "%s, not %s", bare, text);
}

int main(void)
{
	check(0, "0 pps", "0");
	check(0.5, "0.50 pps", "0.50");
	check(0.016, "0.02 pps", "0.02");
	check(9.994, "9.99 pps", "9.99");
	check(9.996, "10.0 pps", "10.0");
	check(99.94, "99.9 pps", "99.9");
	check(99.96, "100 pps", "100");
	check(999, "999 pps", "999");
	check(999.4, "999 pps", "999");
	check(999.6, "1.00 kpps", "1.00k");
	check(1000, "1.00 kpps", "1.00k");
	check(9994, "9.99 kpps", "9.99k");
	check(9996, "10.0 kpps", "10.0k");
	check(1488095, "1.49 Mpps", "1.49M");
	check(999499, "999 kpps", "999k");
	check(999501, "1.00 Mpps", "1.00M");
	check(40e9, "40.0 Gpps", "40.0G");
	check(18446744073709551615.0, "18.4 Epps", "18.4E");
	check(5e30, "999 Ypps", "999Y");
	return tap_end();
}
