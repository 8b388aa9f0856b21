// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_rate.h"

struct stats_rate stats_rate(const struct datarec *counted, double period)
{
	if (period <= 0)
		return (struct stats_rate){ 0 };
	return (struct stats_rate){ .pps = counted->rx_packets / period,
				    .bps = counted->rx_bytes * 8.0 / period };
}
