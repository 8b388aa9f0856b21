/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A device's pin directory in the hands of one writer at a time. */
#ifndef WRITER_LOCK_H
#define WRITER_LOCK_H

#include "owner.h"
#include "pin_dir.h"

/* Makes the directory if it is missing; if the device was renamed, its directory gets the new name,
 * if that is free. Opens it, and locks it against other writers until writer_lock_release(). Waits
 * @timeout_ms at most: -ETIMEDOUT. -EUCLEAN if it, or a folder above it, is somebody else's. 0 or
 * -errno, with a message.
 */
int writer_lock_take(struct pin_dir *dir, int timeout_ms);

/* Makes @owner the owner of the locked directory; NULL: nobody. 0 or -errno, with a message. */
int writer_lock_set_owner(const struct pin_dir *dir, const struct owner *owner);

/* Makes, opens and locks it again if somebody has removed it meanwhile. Returns as
 * writer_lock_take(); after an error dir->lock is -1 if the directory is gone.
 */
int writer_lock_take_again(struct pin_dir *dir, int timeout_ms);

/* Removes the directory if no pin is left in it, and unlocks. Does nothing if not locked. */
void writer_lock_release(struct pin_dir *dir);

#endif /* WRITER_LOCK_H */
