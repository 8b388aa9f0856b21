/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The live pins of a locked directory: what readers open. All return 0 or -errno, with a message.
 */
#ifndef PIN_LIVE_H
#define PIN_LIVE_H

#include "pin_dir.h"
#include "pin_list.h"

/* Gives the access that was asked for, if any, to a live pin that stays, and to the directory,
 * which who may read a pin may read and search.
 */
int pin_live_give_access(const struct pin_dir *dir, const struct pin *pin);
int pin_live_give_access_to_directory(const struct pin_dir *dir);

/* Pins the same object under the live name again, with the owner and mode that it had when it was
 * read.
 */
int pin_live_restore(const struct pin_dir *dir, const struct pin *pin);

/* Removes one live pin. */
int pin_live_remove(const struct pin_dir *dir, const struct pin *pin);

/* Marks that an unload has begun, or is done. */
int pin_live_begin_unload(const struct pin_dir *dir);
int pin_live_end_unload(const struct pin_dir *dir);

/* Whether one is marked: 1, 0 or -errno with a message. */
int pin_live_unload_begun(const struct pin_dir *dir);

#endif /* PIN_LIVE_H */
