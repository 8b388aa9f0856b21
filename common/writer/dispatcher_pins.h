/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For writers: what libxdp has pinned (libxdp_pins.h) stays if libxdp was stopped in the middle, or
 * the device has gone. libxdp's own libxdp_clean_references() will not do then: it takes a
 * dispatcher on a device of another network namespace for one that is gone, and so takes its
 * programs off.
 */
#ifndef DISPATCHER_PINS_H
#define DISPATCHER_PINS_H

#include <stdbool.h>

#include <linux/types.h>

/* Whether libxdp's folder, if there is one, is root's or the caller's alone, and no other user
 * holds its lock: else libxdp might wait for ever, and is not to be called.
 */
bool dispatcher_pins_are_safe(void);

/* Waits until nobody holds the lock on the folder, @timeout_ms at most. Call it before libxdp,
 * which takes that lock again in each of its calls, and waits for it without a limit. Nobody can
 * hold it for them, so who takes it in between is still waited for. If another user is in the way,
 * it does not wait, and warns. 0 or -errno, with a message.
 */
int dispatcher_pins_wait(int timeout_ms);

/* Removes the pins of dispatcher @id, which is not attached any more. Waits for the lock as above.
 * 0, also where a pin cannot be removed, which it says; or -errno, with a message.
 */
int dispatcher_pins_remove(__u32 id, int timeout_ms);

/* The same for each dispatcher that is on no device of this network namespace and holds one of our
 * programs. @is_ours gets a program's descriptor, its ID and @context, and returns 1, 0 or -errno
 * with a message; an error ends the search.
 */
int dispatcher_pins_remove_ours(int (*is_ours)(int fd, __u32 program, const void *context),
				const void *context, int timeout_ms);

#endif /* DISPATCHER_PINS_H */
