/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts on the screen of the live view that are broken into lines; and its help. */
#ifndef LIVE_HELP_H
#define LIVE_HELP_H

/* Draws @text from @line on and from @column to the right end, broken between words, on the lines
 * from 0 to before @end. Returns the line after it, as if all had been drawn.
 */
int live_help_wrap(int line, int end, int column, const char *text);

/* How many lines it takes. */
int live_help_height(const char *text, int width);

/* Draws the keys and what the columns mean, from line *@top of it on, which it keeps in range. */
void live_help_draw(int *top);

#endif /* LIVE_HELP_H */
