/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The last part of a load: what is staged becomes live. */
#ifndef COMMIT_H
#define COMMIT_H

#include "attach.h"
#include "pin_dir.h"
#include "reload.h"

/* Commits what is staged for the program that is attached. Of the live pins, those go that one of
 * our own earlier programs uses and the new one does not; then those programs. It can be stopped
 * anywhere and called again. 0 or -errno, with a message.
 */
int commit_load(struct reload *reload, struct attach_result *attached,
		struct reload_report *report);

/* Stages program @fd, which libxdp has loaded of the staged one, in its place, with its maps. 0 or
 * -errno, with a message.
 */
int commit_stage_attached(const struct pin_dir *dir, int fd);

#endif /* COMMIT_H */
