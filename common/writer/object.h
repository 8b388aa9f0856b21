/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One XDP program out of a BPF object file, with the object's maps: opened, given pinned maps to
 * reuse, loaded. Attaching and pinning are others' work.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <bpf/libbpf.h>

#include "object_choice.h"
#include "pin_list.h"

/* An object file's bytes, or those of one that was built twice. */
struct object_image {
	const char *name; /* for messages */
	const void *bytes;
	size_t size;
	const void *frags_bytes; /* NULL, or those for kernels with multi-buffer XDP (>= 5.18) */
	size_t frags_size;
};

struct object {
	struct object_image image;
	struct bpf_object *bpf;
	struct bpf_program *program; /* the chosen one */
	char *verifier_log;	     /* of each program that is loaded, one after the other */
	void *bytes;		   /* of the image: a copy, in which names and entries can change */
	struct object_slots slots; /* what the object puts into its maps */
	bool kernel_has_frags;
};

/* Reads @path. 0 or -errno, with a message. The bytes are the caller's to free. */
int object_read_file(struct object_image *image, const char *path);

/* Has libbpf open the image, whose bytes must stay. libbpf names the object, and its maps .rodata,
 * .data and .bss, after the file, as if it had read that itself. Returns NULL, and sets errno,
 * without a message.
 */
struct bpf_object *object_image_open(const struct object_image *image);

/* Opens the image and chooses a program; @choice may be NULL. The bytes must stay. Returns 0, or
 * -errno with a message; call object_close() in any case.
 */
int object_open(struct object *object, const struct object_image *image,
		const struct object_choice *choice);
void object_close(struct object *object);

/* Gives @map the pinned map to use instead of a new one. Call between open and load. 0; -EEXIST if
 * the two differ, with a message for each difference; or another -errno, with a message.
 */
int object_reuse_map(const struct object *object, struct bpf_map *map, const struct pin *pin);

/* Whether the map is a part of the code, which no other load's map can stand in for: the program's
 * constants, or a prog array with programs of the object.
 */
bool object_map_is_constant(const struct object *object, const struct bpf_map *map);

/* The next program after @program, or the first after NULL, that is loaded with the chosen one,
 * which hands packets to it; or NULL.
 */
struct bpf_program *object_next_secondary(const struct object *object, struct bpf_program *program);

/* Binds a program that asks the driver for a packet's hints (kfuncs bpf_xdp_metadata_*, Linux >=
 * 6.3) to the device, as the kernel demands. It can be attached to that device alone, and not
 * through libxdp's dispatcher. Call it between open and load.
 */
void object_bind_to_device(const struct object *object, int ifindex);
bool object_is_bound_to_device(const struct object *object);

/* Loads the programs, fills the prog arrays, makes the maps, and ties all of the object's maps to
 * each program, so that the kernel lists them as the program's even if its code does not use them
 * (kernel >= 5.10). 0 or -errno, with a message and the verifier's log, if the verifier has seen
 * the program.
 */
int object_load(struct object *object);

/* Opens the same program a second time, alone, on the maps of the first, which is loaded; under
 * another @name unless that is NULL. 0 or -errno, with a message; object_close() in any case.
 */
int object_open_again(const struct object *first, struct object *again, const char *name);

/* The descriptor of a map of the object; -1 as long as it is not made, or if it is left out. For
 * one that is left out, libbpf >= 1.4 gives the descriptor of a placeholder.
 */
int object_map_fd(const struct bpf_map *map);

const char *object_program_name(const struct object *object);
int object_program_fd(const struct object *object);
__u32 object_program_id(const struct object *object); /* 0: not loaded */

#endif /* OBJECT_H */
