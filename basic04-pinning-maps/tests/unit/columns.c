// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* live_columns: each number fits into its column, and is not cut; stats_rate: nothing wraps. */
#include <limits.h>
#include <string.h>

#include "live_columns.h"
#include "stats_rate.h"
#include "tap.h"

static void check_share(double share, const char *expected)
{
	const struct live_row sum = { .action = XDP_ACTION_MAX, .cpu = -1, .share = share };
	char text[LIVE_CELL_SIZE];
	const char *shown = live_column_text(text, COLUMN_SHARE, &sum, 0);

	ok(!strcmp(shown, expected) && strlen(shown) <= 6, "%g %%: %s, not %s", share, expected,
	   shown);
}

static void check_short(__u64 packets, const char *expected)
{
	const struct live_row sum = { .action = XDP_ACTION_MAX,
				      .cpu = -1,
				      .counted = { .rx_packets = packets } };
	char text[LIVE_CELL_SIZE];
	const char *shown = live_column_text(text, COLUMN_PACKETS_SHORT, &sum, 0);

	ok(!strcmp(shown, expected), "%llu packets: %s, not %s", packets, expected, shown);
}

/* The sum of these is 0. */
static void check_wrapped(void)
{
	struct live_row list[] = { { .counted.rx_packets = ULLONG_MAX },
				   { .counted.rx_packets = 1 } };
	const struct live_rows rows = { .rows = list, .count = 2 };
	struct live_columns columns;
	int i, width = 0;

	live_columns_choose(&columns, &rows, 200);
	for (i = 0; i < columns.count; i++)
		if (columns.shown[i].column == COLUMN_PACKETS)
			width = columns.shown[i].width;
	ok(width == strlen("18,446,744,073,709,551,615"),
	   "a column of packets is as wide as the largest number: %d", width);
}

static void check_rate(void)
{
	const struct datarec counted = { .rx_bytes = 1ULL << 62 };

	ok(stats_rate(&counted, 1).bps == 0x1p65, "2^62 bytes a second are 2^65 bits: %g",
	   stats_rate(&counted, 1).bps);
}

int main(void)
{
	check_share(-1, "-");
	check_share(0.004, "0.00%");
	check_share(9.99, "9.99%");
	check_share(9.999, "10.00%");
	check_share(99.96, "100.0%");
	check_share(999.94, "999.9%");
	check_share(999.96, "1000%");
	check_share(12345.6, "12346%");
	check_short(0, "0");
	check_short(7, "7");
	check_short(999, "999");
	check_short(1000, "1.00k");
	check_short(ULLONG_MAX, "18.4E");
	check_wrapped();
	check_rate();
	return tap_end();
}
