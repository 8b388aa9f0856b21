/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The commands that change a device. Each is one transaction under the lock of the device's pin
 * directory: it is done as a whole, or the hook and the pins are as they were. If a run is killed
 * in the middle, the next one finishes it or undoes it.
 *
 * A load opens the object, reuses or makes its maps, and loads its programs. It stages the pins
 * beside the live ones, attaches in place of our old program, and only then moves the staged pins
 * to the live names. So the next run finishes a load whose program is attached, and undoes any
 * other. If the hook had to be emptied in between, it gets back what was there.
 */
#ifndef RELOAD_H
#define RELOAD_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include "attach.h"
#include "pin_dir.h"

struct reload {
	struct pin_dir dir;
	int ifindex;	    /* 0: the device is gone */
	bool netns_is_gone; /* its network namespace too */
	int lock_timeout_ms;
};

struct reload_load {
	const struct object_image *image;
	struct object_choice choice;
	const char *const *variables; /* NAME=VALUE, see object_set.h */
	size_t variable_count;
	const char *share; /* the folder of maps that several devices use, see map_share.h; NULL */
	enum attach_mode mode;
	bool direct;
	struct attach_order order;
	bool force;
	/* Those that fit, and whose program is attached or that have none; with @force the program
	 * does not matter, and others are replaced.
	 */
	bool reuse_maps;
};

struct reload_report {
	struct attach_result attached;
	char program[128];
	struct {
		__u32 id;
		char name[128];
	} gone[ATTACH_MAX_PROGRAMS]; /* the programs that were replaced or unloaded */
	size_t gone_count;
	size_t maps_new, maps_reused;	       /* of the object */
	size_t maps_removed, programs_removed; /* pins that went away */
};

/* All return 0 and fill the report, or print a message and return the tools' exit code
 * (exit_codes.h) for it.
 */
int reload_load(struct reload *reload, const struct reload_load *load,
		struct reload_report *report);

/* Takes our program @id off the device, then removes its pins and its maps'. @id 0: whichever is
 * ours. Somebody else's program is detached with @force only.
 */
int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report);

/* Takes all programs off the device and removes all pins; with somebody else's program there only
 * if @force.
 */
int reload_unload_all(struct reload *reload, bool force, struct reload_report *report);

/* Removes pins and leaves what is attached alone; pins of another device, and of prog arrays that
 * the attached program tail-calls by, with @force only.
 */
int reload_unpin(struct reload *reload, bool maps, bool programs, bool force,
		 struct reload_report *report);

/* Pins our attached program and its maps again, as far as their pins are gone. Without a pin,
 * nothing tells that it is ours: then it takes @force, and one program alone on the hook.
 */
int reload_pin(struct reload *reload, bool force, struct reload_report *report);

#endif /* RELOAD_H */
