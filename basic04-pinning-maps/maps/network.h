/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A network for an example: pairs of devices in a network namespace of the example's own, which the
 * kernel takes down when the example ends, and frames that go where the example says.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "example.h"

/* Runs a line of shell; ends the example where it fails. What it says itself goes to stderr. */
static inline void network_run(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fflush(stdout);
	if (system(line) != 0) {
		fprintf(stderr, "could not run \"%s\"\n", line);
		exit(EXIT_FAILURE);
	}
}

/* Waits until a device takes frames: one whose peer came up after it drops them, in silence, until
 * the kernel has worked on that, a moment later.
 */
static inline void network_wait(const char *device)
{
	network_run("timeout 10 sh -c "
		    "'until ip link show %s | grep -q \"state UP\"; do sleep 0.01; done'",
		    device);
}

/* The first call moves the process into a network namespace of its own, which has no device but lo.
 */
static inline void network_own(void)
{
	static bool own;

	if (own)
		return;
	example_must("make a network namespace", unshare(CLONE_NEWNET) ? -errno : 0);
	network_run("f=/proc/sys/net/ipv6/conf/default/disable_ipv6; "
		    "[ ! -e $f ] || echo 1 >$f");
	own = true;
}

/* Makes a pair of veth devices, both up, in the process's own namespace: what is sent into one
 * comes out of the other. Nothing is sent but what the example sends: without IPv6, devices that
 * have no address are silent.
 */
static inline void network_make(const char *device, const char *peer)
{
	network_own();
	network_run("ip link add %s type veth peer name %s", device, peer);
	network_run("ip link set %s up", device);
	network_run("ip link set %s up", peer);
	network_wait(device);
	network_wait(peer);
}

/* Sends a frame a number of times into a device, as it is, its Ethernet header included. The peer's
 * XDP program mostly has run when this returns, but need not: wait for what it counts. The peer
 * queues 256 frames and drops more.
 */
static inline void network_send(const char *device, unsigned int count, const void *frame,
				size_t size)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	example_must("open a packet socket", fd < 0 ? -errno : 0);
	to.sll_ifindex = (int)if_nametoindex(device);
	while (count--) {
		ssize_t sent = sendto(fd, frame, size, 0, (struct sockaddr *)&to, sizeof(to));

		example_must("send a frame", sent < 0 ? -errno : 0);
	}
	close(fd);
}

#endif /* NETWORK_H */
