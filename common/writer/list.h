/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tells, on stdout, what is pinned for devices, and whether what is attached uses it (live) or
 * not (stale). Changes nothing.
 */
#ifndef LIST_H
#define LIST_H

/* One device, in the network namespace that the process is in and that is called @netns (NULL: no
 * name needed). A device that does not exist may still have pins. 0 or -errno, with a message.
 */
int list_device(const char *base, const char *netns, const char *device);

/* All devices that have pins under @base; with @netns, which the process is in, those of that
 * network namespace, else those of the one that it is in and of all named ones, which it enters
 * one after the other. 0 or -errno, with a message.
 */
int list_all(const char *base, const char *netns);

#endif /* LIST_H */
