/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The folders of a device's pin directory, by what is in them: pin_dir.h shows them. */
#ifndef PIN_PLACE_H
#define PIN_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "folder.h"
#include "pin_dir.h"

#define PIN_PLACE_UNLOAD_BEGUN "unload-begun"
#define PIN_PLACE_LOCK "writer-lock"
#define PIN_PLACE_PROGRAMS "programs"
#define PIN_PLACE_STAGED "staged-pins"
#define PIN_PLACE_OLD_GONE PIN_PLACE_STAGED "/old-programs-gone"
#define PIN_PLACE_BEFORE PIN_PLACE_STAGED "/pins-before"
#define PIN_PLACE_BEFORE_NEW PIN_PLACE_STAGED "/pins-before-new"

/* PIN_BEFORE_NEW: PIN_BEFORE while it is made. */
enum pin_place {
	PIN_LIVE,
	PIN_STAGED,
	PIN_STAGED_SECONDARY,
	PIN_REPLACED,
	PIN_BEFORE,
	PIN_BEFORE_NEW
};

/* The name in the directory of the folder of what is of this kind; "": the directory itself; NULL:
 * there are only programs at that place.
 */
const char *pin_place_name(enum pin_place place, enum pin_kind kind);

/* Its path: PATH_MAX bytes at most. 0, or -ENAMETOOLONG with a message. */
int pin_place_path(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind, char *path,
		   size_t size);

/* Opens it; @make: makes it if it is missing. A descriptor, the caller's to close, or -errno, with
 * a message only for -EUCLEAN: it is somebody else's.
 */
int pin_place_open(const struct pin_dir *dir, enum pin_place place, enum pin_kind kind, bool make);

/* The same by a name of one or more parts. */
int pin_place_open_below(const struct pin_dir *dir, const char *name, bool make);

/* Whether there is a folder of that name: 1, 0 or -errno with a message. */
int pin_place_has(const struct pin_dir *dir, const char *name);

/* Whether a name in the directory is one of ours, and no map's. */
bool pin_place_is_own_name(const char *name);

#endif /* PIN_PLACE_H */
