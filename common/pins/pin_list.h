/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pins in one folder of a pin directory. Maps and programs are opened, and what the kernel says
 * about them is kept.
 */
#ifndef PIN_LIST_H
#define PIN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>

#include "bpf_info.h"
#include "folder.h"
#include "pin_dir.h"
#include "pin_place.h"

struct pin {
	enum pin_kind kind;
	char *name; /* in the file system: dots are written '_' */
	char *path;
	int fd;	  /* -1 for PIN_OTHER */
	__u32 id; /* of the map or program */
	union {
		struct bpf_map_info map;
		struct bpf_prog_info program;
	} info;
	struct bpf_maps maps; /* the maps that this program uses */
	uid_t uid;	      /* owner, group and mode of the pin's file */
	gid_t gid;
	mode_t mode;
};

struct pin_list {
	struct pin *pins;
	size_t count;
};

/* Opens all pins in @place of @dir: maps first, then programs, then what is neither. They are
 * opened read-only if the directory is not locked. Returns 0, also if there is no such folder; or
 * -errno with a message, also if the kernel does not say what a pin is. Call pin_list_close() in
 * any case.
 */
int pin_list_read(const struct pin_dir *dir, enum pin_place place, struct pin_list *list);
void pin_list_close(struct pin_list *list);

/* The pin of program or map @id, or NULL. */
const struct pin *pin_list_find(const struct pin_list *list, enum pin_kind kind, __u32 id);

/* The pin called @name (as in the file system), or NULL. */
const struct pin *pin_list_find_name(const struct pin_list *list, enum pin_kind kind,
				     const char *name);

/* Likewise, but @name is the map's or program's own name, which may have dots. */
const struct pin *pin_list_find_called(const struct pin_list *list, enum pin_kind kind,
				       const char *name);

/* The first program in the list, or NULL. */
const struct pin *pin_list_first_program(const struct pin_list *list);

/* Whether one of the programs in the list uses map @id. */
bool pin_list_uses_map(const struct pin_list *list, __u32 id);

/* Whether @own seems to hand packets to @program: both use a map whose entries are programs (a prog
 * array, devmap or cpumap), and @list has that map's pin.
 */
bool pin_list_is_secondary(const struct pin_list *list, const struct pin *program,
			   const struct pin *own);

/* Sets *@id to the ID of @program's map called @name (the first 15 characters are compared: the
 * kernel keeps no more), or to 0 if there is none. Returns 0, or -errno with a message.
 */
int pin_list_find_map(const struct pin_list *list, const struct pin *program, const char *name,
		      __u32 *id);

#endif /* PIN_LIST_H */
