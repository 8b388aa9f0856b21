// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "owner_check.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>

#include "log.h"
#include "pin_stage.h"

static bool is_own(const struct pin_dir *dir, const struct owner *owner)
{
	return dir->own.ifindex && owner_is_same(owner, &dir->own);
}

/* 1: @owner is there, or may be; 0: it is gone; or -errno with a message. */
static int may_be_there(const struct pin_dir *dir, const struct owner *owner)
{
	char now[IF_NAMESIZE];
	int err = owner_is_same_netns(owner, &dir->own) ? owner_name_now(owner, now) : 0;

	return err == -ENODEV ? 0 : err ? err : 1;
}

/* The directory has no owner: one of our programs that is attached shows whose it is. */
static int check_by_program(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;

	if (!dir->own.ifindex || !pin_list_first_program(&transaction->live) ||
	    attach_find_own(&transaction->live, &transaction->hook))
		return 0;
	log_error("could not use %s for %s: nothing says whose it is, and none of its programs is "
		  "attached to %s; --unpin --force removes its pins, --force takes them over",
		  dir->path, dir->device, dir->device);
	return -EEXIST;
}

int owner_check(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct owner owner, next, *other = &owner;
	char text[2 * IF_NAMESIZE + NAME_MAX + 80];
	int err = pin_dir_owner(dir, &owner), taken = err ? -ENOENT : pin_stage_owner(dir, &next);

	if (err == -ENOENT)
		return check_by_program(transaction);
	if (taken && taken != -ENOENT)
		err = taken;
	if (err || !dir->own.netns)
		return err;
	if (is_own(dir, &owner))
		other = taken || is_own(dir, &next) ? NULL : &next;
	else if (!taken && is_own(dir, &next))
		other = NULL;
	err = other ? may_be_there(dir, other) : 0;
	if (!err && other == &owner && !taken) {
		other = &next;
		err = may_be_there(dir, other);
	}
	if (err <= 0)
		return err;
	owner_describe(other, &dir->own, text, sizeof(text));
	if (other == &next)
		log_error(
			"could not use %s for %s: a load on %s was stopped while it took the pins "
			"over; load there again, or give --force to undo it",
			dir->path, dir->device, text);
	else
		log_error("could not use %s for %s: its pins belong to %s; unload there, choose "
			  "another --pin-base, or take them over with --force",
			  dir->path, dir->device, text);
	return -EEXIST;
}
