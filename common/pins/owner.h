/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which device a pin directory belongs to: <directory>/owner, a symbolic link that leads nowhere.
 * Its text is
 *
 *	<device> ifindex <number> netns cookie|inode <number>[ named <name>]
 *
 * with the device's own name, dots and all. The cookie of a network namespace is never used again;
 * a kernel before 5.14 has none, so there the inode of the namespace has to do. "named": the name
 * in /run/netns that was given with --netns.
 */
#ifndef OWNER_H
#define OWNER_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>

#define OWNER_LINK "owner"
#define OWNER_NEW_LINK "owner-new" /* written under this name, then renamed */

struct owner {
	char device[IF_NAMESIZE];
	int ifindex;
	bool has_cookie; /* netns is a cookie, else an inode */
	unsigned long long netns;
	char netns_name[NAME_MAX + 1]; /* "": none */
};

/* Sets *@owner to what the link of @device should say. The device is in the process's network
 * namespace; @netns_name may be NULL. 0 or -errno, with a message.
 */
int owner_of(struct owner *owner, const char *device, int ifindex, const char *netns_name);

/* Reads the link of directory @name in the folder whose descriptor is @folder. Returns 0; -ENOENT
 * if there is no link, or if its text does not have the form above; or another -errno. Without a
 * message.
 */
int owner_read(struct owner *owner, int folder, const char *name);

/* Write the link into the directory whose descriptor is @folder, replacing one in one step; or
 * remove it. 0 or -errno, without a message.
 */
int owner_write(const struct owner *owner, int folder);
int owner_remove(int folder);

/* The same device: its network namespace and ifindex. The name may have changed. */
bool owner_is_same(const struct owner *one, const struct owner *other);
bool owner_is_same_netns(const struct owner *one, const struct owner *other);

/* Sets @name, of IF_NAMESIZE bytes, to the name that the owner has now. The owner must be in the
 * process's network namespace. Returns 0; -ENODEV without a message if it is gone; or another
 * -errno with a message.
 */
int owner_name_now(const struct owner *owner, char *name);

/* The owner in words, as seen from the network namespace of @here. Returns @text. */
const char *owner_describe(const struct owner *owner, const struct owner *here, char *text,
			   size_t size);

#endif /* OWNER_H */
