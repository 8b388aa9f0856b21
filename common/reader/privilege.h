/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Gives up the rights that the process does not need. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>

/* Drops all capabilities of the process, for good, except the fewest with which @is_enough returns
 * true; it is called with none in effect, then with more and more. Which may be needed:
 * CAP_DAC_READ_SEARCH for the pins of other users, CAP_BPF for any pin before Linux 5.19,
 * CAP_DAC_OVERRIDE for a file in another user's folder, CAP_SYS_ADMIN to measure a program that is
 * not pinned, such as libxdp's dispatcher.
 *
 * Also sets NO_NEW_PRIVS, and empties the bounding set. With @is_enough NULL nothing is kept; then
 * the process must end soon, as the bounding set, which takes 41 system calls, is left as it is.
 */
void privilege_drop(bool (*is_enough)(const void *context), const void *context);

#endif /* PRIVILEGE_H */
