/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a load pins before it is committed, beside the live pins. All return 0 or -errno, with a
 * message.
 */
#ifndef PIN_STAGE_H
#define PIN_STAGE_H

#include "pin_dir.h"
#include "pin_list.h"

/* Pins @fd beside the live names, for whom the directory's access says, or for whom the live pin of
 * that name is.
 */
int pin_stage_add(const struct pin_dir *dir, enum pin_kind kind, const char *name, int fd);

/* Pins program @fd, by a name that bpffs takes, as one to put back. It goes with what is staged. */
int pin_stage_keep_replaced(const struct pin_dir *dir, const char *name, int fd);

/* Keeps the live pins beside what is staged, for a load that is undone: all, or none if it fails.
 */
int pin_stage_keep_before(const struct pin_dir *dir, const struct pin_list *live);

/* Whether that was done, perhaps by an earlier run: 1, 0 or -errno with a message. */
int pin_stage_kept_before(const struct pin_dir *dir);

/* The staged @pin stands for @fd from now on, in one atomic step. */
int pin_stage_exchange(const struct pin_dir *dir, const struct pin *pin, int fd);

/* The staged pins of this kind take the live names, each in one atomic step. Called again after it
 * was stopped, it goes on.
 */
int pin_stage_commit(const struct pin_dir *dir, enum pin_kind kind);

/* Removes what is staged, and what was kept beside it. */
int pin_stage_drop(const struct pin_dir *dir);

#endif /* PIN_STAGE_H */
