/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Devices that are found by their pin directories.
 * Inside the reader: stats_set.h has what is called from outside.
 */
#ifndef STATS_FIND_H
#define STATS_FIND_H

#include "stats_set.h"

/* Looks at directory @name, which appeared in @folder. */
void stats_find_entry(struct stats_set *set, const struct stats_folder *folder, const char *name);

/* Reads a folder again. */
void stats_find_entries(struct stats_set *set, size_t index);

/* The folder at @path, or NULL. */
struct stats_folder *stats_find_folder_at(const struct stats_set *set, const char *path);

/* Drops @folder: it no longer exists. */
void stats_find_forget_folder(struct stats_set *set, struct stats_folder *folder);

/* Drops found devices whose pins have been gone for long, or never existed. */
void stats_find_forget_gone(struct stats_set *set);

#endif /* STATS_FIND_H */
