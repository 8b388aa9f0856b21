/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The help of the live view. */
#ifndef LIVE_HELP_H
#define LIVE_HELP_H

/* Draws the keys and what the columns mean, from line *@top of it on, which it keeps in range. */
void live_help_draw(int *top);

#endif /* LIVE_HELP_H */
