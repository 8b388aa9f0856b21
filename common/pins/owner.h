/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose a pin directory is: <directory>/owner, a symbolic link that leads nowhere. Its text is
 *
 *	<device> ifindex <number> netns cookie|inode <number>[ named <name>]
 *
 * with the device's own name, dots and all. The cookie of a network namespace is never used again;
 * a kernel before 5.14 has none, so there the inode of the namespace has to do. "named": the name
 * in /run/netns by which the loader was told to go there.
 */
#ifndef OWNER_H
#define OWNER_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>

#define OWNER_LINK "owner"
#define OWNER_NEW_LINK "owner-new" /* on its way to that name */

struct owner {
	char device[IF_NAMESIZE];
	int ifindex;
	bool has_cookie; /* netns is a cookie, else an inode */
	unsigned long long netns;
	char netns_name[NAME_MAX + 1]; /* "": none */
};

/* What the link of a device in the network namespace that the process is in would say; @netns_name
 * may be NULL. 0 or -errno, with a message.
 */
int owner_of(struct owner *owner, const char *device, int ifindex, const char *netns_name);

/* Reads the link in a directory, by the path of @name in @folder. 0; -ENOENT if there is none, or
 * one that says something else; or another -errno. Without a message.
 */
int owner_read(struct owner *owner, int folder, const char *name);

/* Writes the link, in place of one that is there, in one step; or removes it. 0 or -errno, without
 * a message.
 */
int owner_write(const struct owner *owner, int folder);
int owner_remove(int folder);

bool owner_is_same(const struct owner *one, const struct owner *other);
bool owner_is_same_netns(const struct owner *one, const struct owner *other);

/* Sets @name, of IF_NAMESIZE bytes, to the name that the owner has now, which is in the network
 * namespace that the process is in. Returns 0; -ENODEV without a message if it is gone; or another
 * -errno with a message.
 */
int owner_name_now(const struct owner *owner, char *name);

/* The owner in words, for a message. Returns @text. */
const char *owner_describe(const struct owner *owner, const struct owner *here, char *text,
			   size_t size);

#endif /* OWNER_H */
