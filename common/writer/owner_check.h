/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether the device may use the pin directory, by the owner link in it. */
#ifndef OWNER_CHECK_H
#define OWNER_CHECK_H

#include "transaction.h"

/* @transaction knows what is pinned and what is attached. Returns 0 if the directory belongs to
 * the device or to nobody, if its owner is gone, or if a load of the device was stopped while it
 * took the directory over: then look again after the repair. Returns -EEXIST if it belongs to
 * another device, or another one's load was stopped so; or if it has no owner link (as those of
 * old versions) and none of its programs is attached to the device; or another -errno. In both
 * cases with a message.
 */
int owner_check(const struct transaction *transaction);

#endif /* OWNER_CHECK_H */
