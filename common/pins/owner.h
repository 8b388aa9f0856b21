/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which device a pin directory belongs to: <directory>/owner, a symbolic link that leads nowhere.
 * Its text is
 *
 *	<device> ifindex <number> netns cookie|inode <number>[ named <name>]
 *
 * The device's name is written as it is, with dots. The cookie of a network namespace is never used
 * again. A kernel before 5.14 has none: there it is the inode number of the namespace. "named": the
 * name in /run/netns that was given with --netns.
 */
#ifndef OWNER_H
#define OWNER_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>

#define OWNER_LINK "owner"
#define OWNER_NEW_LINK "owner-new" /* a new link, before it replaces the old one */

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

/* Reads the link in directory @name of the open folder @parent. Returns 0; -ENOENT if there is no
 * link, or if its text does not have the form above; or another -errno. Without a message.
 */
int owner_read(struct owner *owner, int parent, const char *name);

/* Makes the link in the open directory @folder, or replaces it in one step; owner_remove() removes
 * it, if it is there. 0 or -errno, without a message.
 */
int owner_write(const struct owner *owner, int folder);
int owner_remove(int folder);

/* owner_is_same(): whether both are one device, by network namespace and ifindex, as names may
 * change. owner_is_same_netns(): whether both are in one network namespace.
 */
bool owner_is_same(const struct owner *one, const struct owner *other);
bool owner_is_same_netns(const struct owner *one, const struct owner *other);

/* Sets @name, of IF_NAMESIZE bytes, to the owner's current name. The owner must be in the process's
 * network namespace. Returns 0; -ENODEV without a message if it is gone; or another
 * -errno with a message.
 */
int owner_name_now(const struct owner *owner, char *name);

/* Describes the owner in words, and says so if it is not in the network namespace of @here. Returns
 * @text.
 */
const char *owner_describe(const struct owner *owner, const struct owner *here, char *text,
			   size_t size);

#endif /* OWNER_H */
