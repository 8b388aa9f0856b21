/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For a tool that cares about one map: makes sure that a program of ours uses it, or removes that
 * program. The caller begins and ends the transaction, so it can use the map before the lock is
 * released. Both return 0 and fill the report, or print a message and return the exit code for it.
 */
#ifndef MAP_USER_H
#define MAP_USER_H

#include "reload.h"
#include "transaction.h"

/* Changes nothing if our program on the hook uses @map, the map is pinned, and the mode is
 * load->mode. Else loads the object of @load and replaces our program; if that is a different
 * program, this needs load->force. A pinned @map is reused even if no attached program uses it.
 */
int map_user_require(struct transaction *transaction, const struct reload_load *load,
		     const char *map, struct reload_report *report);

/* Detaches our program that has @map, if it is attached, and removes its pins; the device may be
 * gone. If no program of ours has @map, that is an error only if a program is attached.
 */
int map_user_remove(const struct transaction *transaction, const char *map,
		    struct reload_report *report);

#endif /* MAP_USER_H */
