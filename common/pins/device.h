/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network devices by name: their index, their network namespace, and the name that they go by in
 * a BPF filesystem.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#define DEVICE_NETNS_DIR "/run/netns"

/* Returns 0 if the kernel accepts @name for a device; -EINVAL or -ENAMETOOLONG, with a message. */
int device_check_name(const char *name);

/* Returns 0 if @netns can be a network namespace's name in DEVICE_NETNS_DIR; else as above. */
int device_check_netns(const char *netns);

/* Sets @name, of IF_NAMESIZE bytes, to the name that the device has now. Returns 0; -ENODEV if it
 * is gone; or another -errno. No message. if_indextoname() does not report that files ran out.
 */
int device_name(int ifindex, char *name);

/* Returns the index, from 1, of the device called @name, which may be an altname, in the network
 * namespace that the process is in; 0 if there is none; or -errno with a message. Sets @primary, of
 * IF_NAMESIZE bytes, to the kernel's own name for it; else to @name.
 */
int device_find(const char *name, char *primary);

/* The same, but a device that is not there is an error as well: -ENODEV, with a message that names
 * @netns (NULL: the machine's own).
 */
int device_index(const char *name, const char *netns);

/* Whether there is a network namespace of that name. */
bool device_has_netns(const char *netns);

/* Moves the process into network namespace @netns, and nothing else: the mounts, and so the BPF
 * filesystem, stay the caller's. Needs CAP_SYS_ADMIN. Returns 0, or -errno with a message.
 */
int device_enter_netns(const char *netns);

/* The same for a while. Returns a descriptor for device_leave_netns(), which goes back and closes
 * it; or -errno without a message. device_fail_to_enter() prints the message, and returns @err.
 */
int device_visit_netns(const char *netns);
int device_leave_netns(int before);
int device_fail_to_enter(int err, const char *netns);

/* The name in /run/netns of the network namespace that the process is in; false if it has none. */
bool device_current_netns(char *netns, size_t size);

/* A BPF filesystem refuses '.' in names (kernel/bpf/inode.c keeps it for itself); libbpf writes
 * '_' when it pins, and so do we. @pin_name must hold strlen(@name) + 1 bytes.
 */
void device_pin_name(const char *name, char *pin_name);

#endif /* DEVICE_H */
