/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For a tool that cares about one map: makes sure that a program of ours uses it, or removes that
 * program. Both run within a transaction, so that the tool can go on with the map under its lock.
 * Both return 0 and fill the report, or print a message and return the exit code for it.
 */
#ifndef MAP_USER_H
#define MAP_USER_H

#include "reload.h"
#include "transaction.h"

/* Leaves our program that has @map attached, if the map is pinned and the mode is the one that
 * @load asks for. Else loads @load's object in its place; a different program of ours is replaced
 * with load->force only. A pinned @map is reused even if its program is detached.
 */
int map_user_require(struct transaction *transaction, const struct reload_load *load,
		     const char *map, struct reload_report *report);

/* Detaches our program that has @map, if it is attached, and removes its pins; the device may be
 * gone. It is no error if there is no such program, unless a different one is attached.
 */
int map_user_remove(const struct transaction *transaction, const char *map,
		    struct reload_report *report);

#endif /* MAP_USER_H */
