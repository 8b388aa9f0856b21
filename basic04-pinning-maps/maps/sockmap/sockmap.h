/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of the two maps. */
#ifndef SOCKMAP_H
#define SOCKMAP_H

enum { IN, OUT };
enum { WRITER = 4711, READER };

#endif /* SOCKMAP_H */
