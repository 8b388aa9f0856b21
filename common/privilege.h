/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Being able to do less. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>

/* Drops all capabilities of the process, for good, but those without which @is_enough says no: the pins
 * of other users take CAP_DAC_READ_SEARCH, and any pin takes CAP_BPF before Linux 5.19. It is asked with
 * nothing in effect, then with more; NULL: nothing will be opened. Does nothing where there is nothing to drop.
 */
void privilege_drop(bool (*is_enough)(const void *context), const void *context);

#endif /* PRIVILEGE_H */
