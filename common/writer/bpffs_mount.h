/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For writers: mounts a BPF filesystem if there is none. */
#ifndef BPFFS_MOUNT_H
#define BPFFS_MOUNT_H

/* Sees to it that @path is in a BPF filesystem. If none is mounted at BPFFS_PATH, mounts one there,
 * if the mount would last, and says so. 0 or -errno, with a message that says what to do.
 */
int bpffs_mount_if_needed(const char *path);

#endif /* BPFFS_MOUNT_H */
