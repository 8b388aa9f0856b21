/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a user can do when the kernel refuses to attach or detach a program. */
#ifndef ATTACH_ADVICE_H
#define ATTACH_ADVICE_H

#include "attach.h"

#define ATTACH_ADVICE_SIZE 384

/* @request: what was to be attached in @mode; NULL: a detach. @kernel: the kernel's or the driver's
 * own words, or "". Returns the advice, from "; " on, or "": it is in @text, of ATTACH_ADVICE_SIZE
 * bytes, or it is a constant.
 */
const char *attach_advise(const struct xdp_state *hook, const struct attach_request *request,
			  enum attach_mode mode, const char *kernel, int err, char *text);

#endif /* ATTACH_ADVICE_H */
