/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said when the hook does not do what it should. */
#ifndef ATTACH_SAY_H
#define ATTACH_SAY_H

#include "attach.h"

/* A program could not be attached in that mode: @err, the kernel's own reason, and what to do. */
void attach_say_not_attached(const struct xdp_state *hook, const char *program,
			     enum attach_mode mode, int err);

/* What was there could not be attached again; nothing if @err is 0. */
void attach_say_not_put_back(const struct xdp_state *hook, int err);

#endif /* ATTACH_SAY_H */
