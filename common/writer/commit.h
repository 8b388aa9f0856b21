/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The last part of a load: what is staged becomes live. */
#ifndef COMMIT_H
#define COMMIT_H

#include "attach.h"
#include "pin_dir.h"
#include "pin_list.h"
#include "reload.h"

/* Commits what is staged for the program that is attached. Then removes the live map pins that only
 * our earlier programs use, and last the pins of those programs. It can be stopped anywhere and
 * called again. Returns 0, or prints a message and returns the exit code for it.
 */
int commit_load(const struct reload *reload, struct attach_result *attached,
		struct reload_report *report);

/* libxdp attaches a copy of the staged program: @fd. Stages the copy in place of the original, and
 * binds the original's maps to it. Returns 0, or -errno with a message.
 */
int commit_stage_attached(const struct pin_dir *dir, int fd);

/* A prog array is emptied as soon as user space has neither a pin nor a descriptor of it, and the
 * program that was detached may still be at work on a packet. If one of @live is a prog array that
 * is not among @kept, waits until no CPU is.
 */
void commit_wait_for_tail_calls(const struct pin_list *live, const struct bpf_maps *kept);

#endif /* COMMIT_H */
