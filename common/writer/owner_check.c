// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "owner_check.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>

#include "log.h"

int owner_check(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	char text[2 * IF_NAMESIZE + NAME_MAX + 80], now[IF_NAMESIZE];
	struct owner owner;
	int err = pin_dir_owner(dir, &owner);

	if (err == -ENOENT) {
		if (!dir->own.ifindex || !pin_list_first_program(&transaction->live) ||
		    attach_find_own(&transaction->live, &transaction->hook))
			return 0;
		log_error("could not use %s for %s: nothing says whose it is, and none of its "
			  "programs is attached to %s; --unpin --force removes its pins, --force "
			  "takes them over",
			  dir->path, dir->device, dir->device);
		return -EEXIST;
	}
	if (err || !dir->own.netns || (dir->own.ifindex && owner_is_same(&owner, &dir->own)))
		return err;
	if (owner_is_same_netns(&owner, &dir->own)) {
		err = owner_name_now(&owner, now);
		if (err)
			return err == -ENODEV ? 0 : err;
	}
	log_error("could not use %s for %s: its pins belong to %s; unload there, choose another "
		  "--pin-base, or take them over with --force",
		  dir->path, dir->device, owner_describe(&owner, &dir->own, text, sizeof(text)));
	return -EEXIST;
}
