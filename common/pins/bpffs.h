/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The BPF filesystem that pins are in. */
#ifndef BPFFS_H
#define BPFFS_H

#include <stdbool.h>
#include <stddef.h>

#define BPFFS_PATH "/sys/fs/bpf"

/* Whether @path is in a BPF filesystem, or its nearest parent if @path does not exist: 1, 0, or
 * -errno with a message.
 */
int bpffs_has(const char *path);

/* The same for one who cannot mount: 0, or -errno with a message that says how to mount one. */
int bpffs_need(const char *path);

/* Prints that @path is in none, and what to do. @would_vanish: the network namespace whose 'ip
 * netns exec' hides it, NULL: none. Returns -ENOENT.
 */
int bpffs_refuse(const char *path, const char *would_vanish);

/* Whether a BPF filesystem that is mounted at BPFFS_PATH would be gone with this command, as it was
 * started by 'ip netns exec', and sets @netns, of @size bytes, to the name there.
 */
bool bpffs_would_vanish(char *netns, size_t size);

#endif /* BPFFS_H */
