/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of libxdp that change what is on the hook, so that each is done or not done. Without more,
 * a lost answer of the kernel's leaves a dispatcher on the hook that nobody knows of.
 */
#ifndef LIBXDP_STEP_H
#define LIBXDP_STEP_H

#include <stddef.h>

#include <xdp/libxdp.h>

#include "attach.h"

/* Has what libxdp prints go to log_library(). */
void libxdp_step_print(void);

/* The error of a call of libxdp's that has returned @object: it returns an error's code in place
 * of a pointer, or NULL. Set errno to 0 before the call. 0 or -errno.
 */
int libxdp_step_error(const void *object);

/* Adds @count programs to the dispatcher, or takes them off, in one step. 0 or -errno, without a
 * message.
 */
int libxdp_step_attach(const struct xdp_state *hook, struct xdp_program **programs, size_t count,
		       enum attach_mode mode);
int libxdp_step_detach(const struct xdp_state *hook, struct xdp_program **programs, size_t count);

#endif /* LIBXDP_STEP_H */
