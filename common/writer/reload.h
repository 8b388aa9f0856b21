/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a writer does to a device, each as one transaction under the lock of the device's pin
 * directory: it is done as a whole, or the hook and the pins are as they were. A run that is killed
 * in the middle is finished, or undone, by the next one.
 *
 * A load opens, reuses or makes maps, loads, stages the pins beside the live ones, attaches in
 * place of our old program, and only then lets the staged pins take the live names. So what is
 * staged and attached goes forward, and what is staged and not attached goes back; where the
 * hook had to be emptied in between, what was there comes back to it.
 */
#ifndef RELOAD_H
#define RELOAD_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include "attach.h"
#include "pin_dir.h"

/* What a failure was about. */
enum reload_failure { RELOAD_FAILED, RELOAD_FAILED_BPF, RELOAD_FAILED_XDP };

struct reload {
	struct pin_dir dir;
	int ifindex;	    /* 0: the device is gone (unpin only) */
	bool netns_is_gone; /* nor its network namespace */
	int lock_timeout_ms;
	enum reload_failure failure; /* valid after an error */
};

struct reload_report;

struct reload_load {
	const struct object_image *image;
	const char *program; /* NULL: the object's first */
	enum attach_mode mode;
	bool direct;
	bool force;
	/* Those that fit, and whose program is attached or that have none; with @force the program
	 * does not matter, and others are replaced.
	 */
	bool reuse_maps;
	/* NULL; or a map's name: our program that has a map of that name stays as it is, if that is
	 * pinned and the mode is the one asked for; else it is replaced if it is the object's, and
	 * another program of ours with @force only. Where that program is off, this map is reused,
	 * and others of it are so with @force only.
	 */
	const char *keep_map;
	/* NULL; or what is done before the lock is given back, with all in its place. 0 or -errno,
	 * with a message, which reload_load() returns then.
	 */
	int (*then)(void *context, const struct reload_report *report);
	void *context;
};

struct reload_report {
	struct attach_result attached;
	bool kept; /* it was there already */
	char program[128];
	__u32 old_id; /* of our program that was replaced or unloaded; 0 */
	char old_program[BPF_OBJ_NAME_LEN];
	size_t maps_new, maps_reused;	       /* of the object */
	size_t maps_removed, programs_removed; /* pins that went away */
};

/* All return 0, or -errno with a message, and fill the report where they return 0. */
int reload_load(struct reload *reload, const struct reload_load *load,
		struct reload_report *report);

/* Takes our program @id off the device, then removes its pins and its maps'. @id 0: whichever is
 * ours. Somebody else's program is taken off with @force only.
 */
int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report);

/* The same for our program that has a map called @map, which may be off the device already, or the
 * device gone. No error where there is none, unless another program is there.
 */
int reload_remove(struct reload *reload, const char *map, struct reload_report *report);

/* Takes all programs off the device and removes all pins; with somebody else's program there only
 * if @force.
 */
int reload_unload_all(struct reload *reload, bool force, struct reload_report *report);

/* Removes pins and leaves what is attached alone; pins of another device with @force only. */
int reload_unpin(struct reload *reload, bool maps, bool programs, bool force,
		 struct reload_report *report);

/* The tools' exit code (exit_codes.h) for what failed. */
int reload_exit_code(const struct reload *reload);

#endif /* RELOAD_H */
