/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether two programs are the same one. All return 1, 0 or -errno, with a message. */
#ifndef PROGRAM_MATCH_H
#define PROGRAM_MATCH_H

#include "attach.h"
#include "pin_list.h"

/* The same instructions, by the kernel's tag. */
int program_match_code(int fd, int other_fd);

/* Whether libxdp has loaded program @fd from the staged one: it has the same instructions, and uses
 * no other maps.
 */
int program_match_copy(int fd, __u32 id, const struct pin *staged);

/* Whether program @id is the staged one, or a copy of it that libxdp has loaded. */
int program_match_staged(const struct xdp_state *hook, __u32 id, const struct pin *staged);

#endif /* PROGRAM_MATCH_H */
