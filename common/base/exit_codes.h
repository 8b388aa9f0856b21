/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tools' exit codes. Scripts rely on them: a new kind of failure gets a new code. */
#ifndef EXIT_CODES_H
#define EXIT_CODES_H

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* none of the below: no such device, a full disk, no permission, ... */
	EXIT_USAGE = 2,	 /* wrong options */
	EXIT_XDP = 30,	 /* attach, detach, or what is on the hook forbids it */
	EXIT_BPF = 40,	 /* open, load, map, pin */
};

#endif /* EXIT_CODES_H */
