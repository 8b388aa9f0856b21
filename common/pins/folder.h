/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Folders of a BPF filesystem, by descriptor.
 *
 * In a BPF filesystem that was mounted without a mode any user may make folders and links. So a
 * folder is opened relative to the one that it is in, without following a link, and is used only if
 * it belongs to the caller or to root, and nobody else may write to it. So nobody else can replace
 * an entry of it. All work in it uses its descriptor, not its path. Pins in it are opened through
 * /proc/self/fd: libbpf 1.1, and Linux before 6.5, cannot open a pin relative to a descriptor.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* The owner alone may list and open. */
#define FOLDER_MODE 0700

enum pin_kind { PIN_MAP, PIN_PROGRAM, PIN_OTHER };

/* Opens folder @name in @parent; @path names it in messages, NULL: none. With folder_make() it is
 * made if it is missing, and *@made, which may be NULL, tells whether it was. A descriptor or
 * -errno: -EUCLEAN, it is somebody else's, with a message; the others, such as -ENOENT, without
 * one.
 */
int folder_open(int parent, const char *name, const char *path);
int folder_make(int parent, const char *name, const char *path, bool *made);

/* Opens the folder at @path. The conditions above apply to each part of it inside a BPF filesystem,
 * except its root, where others may write if it has the sticky bit. @make creates the missing
 * parts; then @existed, if it is 0, gets the length of the path that existed. Returns as above.
 */
int folder_open_path(const char *path, bool make, size_t *existed);

/* Prints that this could not be done, why, and what to do; not for -EUCLEAN, see above. Returns
 * @err.
 */
int folder_fail(int err, const char *verb, const char *path);

/* Returns true if the owner is neither root nor the caller, or if others may write to the folder.
 */
bool folder_is_foreign(const struct stat *info);

/* Whether the folder at @path is foreign. If @say and it is foreign, prints a warning that it is
 * left out.
 */
bool folder_is_left_out(const char *path, bool say);

/* Returns 1 if @name in @parent is still the folder that @fd has open; 0 if it was removed or
 * replaced; or -errno.
 */
int folder_is_still_at(int fd, int parent, const char *name);

/* Calls @act for each entry of @folder, which @path names in messages; NULL: no message. Stops if
 * @act does not return 0, and returns that value. Returns -errno if the folder cannot be read, else
 * 0. Moves the position of @folder: @act must not call this for the same open folder.
 */
int folder_each(int folder, const char *path,
		int (*act)(int folder, const struct dirent64 *entry, void *context), void *context);

/* Opens the pin @name, read-only unless @write. Sets *@kind, and *@file, unless that is NULL, as
 * stat() does. Returns a descriptor; or -errno without a message: -EMEDIUMTYPE, it is neither a
 * map's nor a program's pin.
 */
int folder_get(int folder, const char *name, bool write, enum pin_kind *kind, struct stat *file);

/* Sets what BPF object @fd refers to, by the kernel's name for it: "anon_inode:bpf-map" or
 * "anon_inode:bpf-prog" since 4.4. Returns 0 or -errno, without a message.
 */
int folder_pin_kind(int fd, enum pin_kind *kind);

/* Writes to @path a path through /proc that leads to @name in @folder, for system calls that take
 * only a path.
 */
void folder_proc_path(int folder, const char *name, char *path, size_t size);

/* If /proc is not mounted, each path through it fails with -ENOENT. Returns -ENOSYS then, else
 * @err.
 */
int folder_proc_error(int folder, int err);

#endif /* FOLDER_H */
