/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of the two maps. */
#ifndef TAIL_CALL_H
#define TAIL_CALL_H

enum { SLOT_IPV4, SLOT_ARP, SLOT_SELF, SLOTS };
enum { COUNT_FIRST, COUNT_SECOND, COUNT_NO_HANDLER, COUNTS };

#endif /* TAIL_CALL_H */
