/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many queues a device has, and whether that is enough for XDP.
 *
 * To send packets for which a program returns XDP_TX or XDP_REDIRECT, virtio_net wants one more
 * queue for each possible CPU. If it cannot have them all, programs share the queues of the
 * kernel's own packets under a lock, which is slower; the kernel writes that to its log, once.
 * Before Linux 5.13 it refuses the program.
 */
#ifndef DEVICE_QUEUES_H
#define DEVICE_QUEUES_H

#include <stdbool.h>

struct device_queues {
	bool is_virtio;		    /* else the rest is 0 */
	unsigned int combined, max; /* in use, those for XDP among them; and what ethtool allows */
	unsigned int cpus;	    /* how many the driver wants for XDP */
};

/* Asks about a device of the network namespace that the process is in. If the kernel does not
 * answer, is_virtio is false.
 */
void device_queues_query(const char *device, struct device_queues *queues);

/* Whether a program in native mode would share queues. @is_native: one was attached already when
 * @queues was read. Then false may be wrong, if somebody has given the device more queues than
 * there are CPUs.
 */
bool device_queues_would_be_shared(const struct device_queues *queues, bool is_native);

/* Writes to @text, of DEVICE_QUEUES_ADVICE_SIZE bytes, what gives XDP queues of its own: an ethtool
 * command if that can, or the hypervisor's settings.
 */
#define DEVICE_QUEUES_ADVICE_SIZE 192
void device_queues_advise(const struct device_queues *queues, const char *device, char *text);

#endif /* DEVICE_QUEUES_H */
