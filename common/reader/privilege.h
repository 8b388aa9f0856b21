/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Being able to do less. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>

/* Drops all capabilities of the process, for good, except those without which @is_enough says no:
 * the pins of other users require CAP_DAC_READ_SEARCH, any pin requires CAP_BPF before Linux 5.19,
 * and a file in another user's folder requires CAP_DAC_OVERRIDE. To measure a program that is not
 * pinned, as libxdp's dispatcher, CAP_SYS_ADMIN is required. It is asked with nothing in effect,
 * then with more. Afterwards NO_NEW_PRIVS is set, and the bounding set is empty. With @is_enough
 * NULL, nothing will be opened, and the process ends soon: emptying the bounding set takes 41
 * system calls, so it is left as it is.
 */
void privilege_drop(bool (*is_enough)(const void *context), const void *context);

#endif /* PRIVILEGE_H */
