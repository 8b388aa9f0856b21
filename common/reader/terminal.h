/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal, taken as a screen, and given back whatever happens: also when the process is killed
 * by a signal that can be caught. Built with ncurses alone.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

/* Whether there is one that can be taken: 0 or -errno, with a message. */
int terminal_check(void);

void terminal_take(void);
void terminal_give_back(void);

#endif /* TERMINAL_H */
