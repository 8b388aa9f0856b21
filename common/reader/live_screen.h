/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The screen of the live view: a title, the device that drops most, the table, messages, and the
 * keys; or the help.
 */
#ifndef LIVE_SCREEN_H
#define LIVE_SCREEN_H

#include <time.h>

#include "live_past.h"
#include "live_rows.h"

struct live_screen {
	struct live_choice choice;
	struct live_rows rows;
	struct live_rounds rounds;
	size_t top;   /* the first row of the table that is shown; kept in range */
	int help_top; /* the first line of the help */
	bool is_paused, is_typing, is_help;
	double interval;    /* seconds */
	time_t read_at;	    /* CLOCK_REALTIME: when the counters were read */
	char message[1024]; /* "": none */
};

/* Draws the screen; brings @top into range. ncurses sends only what differs from the last drawing.
 */
void live_screen_draw(struct live_screen *screen);

/* How many rows of the table fit on the screen. */
int live_screen_height(const struct live_screen *screen);

#endif /* LIVE_SCREEN_H */
