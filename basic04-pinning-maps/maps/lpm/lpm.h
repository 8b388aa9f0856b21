/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The map's key and value. */
#ifndef LPM_H
#define LPM_H

#include <linux/types.h>

/* The length is a number of this machine; the address is in network order. */
struct prefix {
	__u32 length;
	__be32 address;
};

/* What is counted, and how user space calls the route. */
struct route {
	__u64 packets;
	char text[24];
};

#endif /* LPM_H */
