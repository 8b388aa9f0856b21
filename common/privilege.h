/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Being able to do less. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/* Drops all capabilities of the process, for good. Where the pinned map at @path (NULL: none) could not be
 * opened again without any (kernel < 5.19; a pin of another user), those that this takes stay: the map may
 * be replaced and have to be opened anew. Does nothing where there is nothing to drop.
 */
void privilege_drop(const char *path);

#endif /* PRIVILEGE_H */
