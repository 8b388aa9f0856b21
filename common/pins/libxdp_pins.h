/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What libxdp pins for a dispatcher:
 *
 *	<BPF filesystem>/xdp/dispatch-<ifindex>-<the dispatcher's ID>/prog<n>-prog, prog<n>-link
 */
#ifndef LIBXDP_PINS_H
#define LIBXDP_PINS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define LIBXDP_PINS_DISPATCHER "dispatch-%d-%u"
#define LIBXDP_PINS_PROGRAM_SUFFIX "-prog"

/* The path of the folder that has them all, which is also libxdp's lock. */
void libxdp_pins_path(char *path, size_t size);

/* Opens it. A descriptor, the caller's to close, or -errno, without a message: -EUCLEAN, it is
 * neither root's nor the caller's alone.
 */
int libxdp_pins_open(void);

/* Opens program @n, from 0, of a dispatcher. As above. */
int libxdp_pins_open_program(int ifindex, __u32 dispatcher, unsigned int n);

/* Whether it has pinned programs of that dispatcher; also if that cannot be found out. */
bool libxdp_pins_may_have(int ifindex, __u32 dispatcher);

#endif /* LIBXDP_PINS_H */
