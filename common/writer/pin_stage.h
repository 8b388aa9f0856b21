/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a load pins before it is committed, beside the live pins. All return 0 or -errno, with a
 * message.
 */
#ifndef PIN_STAGE_H
#define PIN_STAGE_H

#include "pin_dir.h"
#include "pin_list.h"

/* Stages @fd as @name at @place: PIN_STAGED or PIN_STAGED_SECONDARY. A map gets the access in
 * dir->access, if that is set. Otherwise the pin gets the access of the live pin of that name.
 */
int pin_stage_add(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind,
		  const char *name, int fd);

/* Pins program @fd as one to put back, by a name that bpffs accepts. pin_stage_drop() removes it,
 * too.
 */
int pin_stage_keep_replaced(const struct pin_dir *dir, const char *name, int fd);

/* Pins the live pins' objects once more, and records the @owner that the directory had with them
 * (NULL: it is not changed), before a load is undone: all of that, or nothing after an error.
 */
int pin_stage_keep_before(const struct pin_dir *dir, const struct pin_list *live,
			  const struct owner *owner);

/* Whether that was done, perhaps by an earlier run: 1, 0 or -errno with a message. */
int pin_stage_kept_before(const struct pin_dir *dir);

/* Records, beside what is staged, that the load makes dir->own the owner. */
int pin_stage_set_owner(const struct pin_dir *dir);

/* Reads that into @owner. Returns as owner_read(), with a message for every error but -ENOENT: the
 * load changes no owner.
 */
int pin_stage_owner(const struct pin_dir *dir, struct owner *owner);

/* Makes it the directory's owner in one atomic step, if it is recorded. */
int pin_stage_commit_owner(const struct pin_dir *dir);

/* The same with the owner that pin_stage_keep_before() has recorded. */
int pin_stage_restore_owner(const struct pin_dir *dir);

/* Makes the staged @pin refer to @fd, in one atomic step. */
int pin_stage_exchange(const struct pin_dir *dir, const struct pin *pin, int fd);

/* Moves the pins of this kind at @place to the live names, each in one atomic step; after the
 * program nothing is staged any more. If it was stopped, calling it again moves the rest.
 */
int pin_stage_commit(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind);

/* Marks that the pins of the old programs are gone, so that those in their folder are new ones; and
 * whether that is marked: 1, 0 or -errno with a message.
 */
int pin_stage_mark_old_gone(const struct pin_dir *dir);
int pin_stage_old_are_gone(const struct pin_dir *dir);

/* Removes what is staged, and what was kept beside it. */
int pin_stage_drop(const struct pin_dir *dir);

#endif /* PIN_STAGE_H */
