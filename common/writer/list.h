/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tells, on stdout, what is attached to devices, what is pinned for them, and whether what is
 * attached uses it (live) or not (stale). Text; with @json an object a device on a line of its own,
 * see xdp_loader.schema.json. Changes nothing.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>

#include "list_item.h"

/* One device, in the network namespace that the process is in and that is called @netns (NULL: no
 * name needed). A device that does not exist may still have pins. 0 or -errno, with a message.
 */
int list_device(const char *base, const char *netns, const char *device, bool json);

/* All devices that have pins under @base, or a program; with @netns, which the process is in, those
 * of that network namespace, else those of the one that it is in and of all named ones, which it
 * enters one after the other. 0 or -errno, with a message.
 */
int list_all(const char *base, const char *netns, bool json);

/* Calls @show for each device that has pins, in the same places. */
typedef int (*list_show)(const struct list_item *item, void *context);
int list_each(const char *base, const char *netns, list_show show, void *context);

#endif /* LIST_H */
