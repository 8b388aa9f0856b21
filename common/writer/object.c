// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bpf_info.h"
#include "log.h"
#include "map_compare.h"
#include "object_say.h"

/* The verifier wants all of it or says ENOSPC; untouched pages cost nothing. */
#define VERIFIER_LOG_SIZE (16u << 20)

/* BPF_F_XDP_HAS_FRAGS of linux/bpf.h since 5.18; Debian 11's headers lack it. */
#define HAS_FRAGS (1U << 5)
#define FRAGS_SECTION "xdp.frags"
/* BPF_F_XDP_DEV_BOUND_ONLY of linux/bpf.h since 6.3, and how the kfuncs that need it begin. */
#define BOUND_TO_DEVICE (1U << 6)
#define HINTS "bpf_xdp_metadata_"

static int fail(int err, const char *verb, const char *what)
{
	log_error("could not %s %s: %s%s", verb, what, strerror(-err),
		  log_missing_right(err, "CAP_BPF"));
	return err;
}

int object_read_file(struct object_image *image, const char *path)
{
	struct stat stat = { 0 };
	char *bytes = NULL;
	size_t filled = 0;
	int fd, err = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO would wait for a writer */
	if (fd < 0 || fstat(fd, &stat)) {
		err = -errno;
		goto out;
	}
	if (!S_ISREG(stat.st_mode)) {
		err = S_ISDIR(stat.st_mode) ? -EISDIR : -EINVAL;
		goto out;
	}
	bytes = malloc(stat.st_size + 1);
	if (!bytes) {
		err = -ENOMEM;
		goto out;
	}
	while (filled < (size_t)stat.st_size) {
		ssize_t got = read(fd, bytes + filled, stat.st_size - filled);

		if (got <= 0) {
			err = got ? -errno : -EIO;
			goto out;
		}
		filled += got;
	}
	*image = (struct object_image){ .name = path, .bytes = bytes, .size = filled };
out:
	if (err) {
		log_error("could not open BPF object %s: %s; give the path of a file that clang "
			  "-target bpf has made",
			  path, strerror(-err));
		free(bytes);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* Before 5.11 the kernel counts BPF objects as locked memory. libbpf loads a program to find out,
 * and then raises that limit. Newer kernels do not look at it: to raise it in any case costs less.
 */
static void lift_memory_limit(void)
{
#ifdef HAVE_MEMLOCK_RLIM
	const struct rlimit none = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &none); /* if that is forbidden, it is to libbpf too */
	libbpf_set_memlock_rlim(0);
#endif
}

/* Asks by a program without instructions, which costs less than one that is loaded: a kernel that
 * knows the flag refuses the program's length, with E2BIG, and an older one the flag, with EINVAL.
 */
static bool kernel_has_frags(void)
{
	const struct bpf_insn none[1] = { 0 };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = HAS_FRAGS,
		    .expected_attach_type = BPF_XDP);

	return bpf_prog_load(BPF_PROG_TYPE_XDP, NULL, "GPL", none, 0, &opts) == -E2BIG;
}

/* libbpf sets a flag on programs of section "xdp.frags" that no older kernel takes: there the
 * section stands for any XDP program. libbpf keeps the flag to itself, too, while libxdp asks the
 * program for it.
 */
static void prepare_frags(bool has_frags)
{
	if (!has_frags)
		libbpf_register_prog_handler(FRAGS_SECTION "+", BPF_PROG_TYPE_XDP, BPF_XDP, NULL);
}

static void flag_frags(struct bpf_program *program, bool has_frags)
{
	const char *section = bpf_program__section_name(program);

	if (has_frags && !strncmp(section, FRAGS_SECTION, strlen(FRAGS_SECTION)))
		bpf_program__set_flags(program, HAS_FRAGS);
}

/* Renames function @old to @name. @bytes is a copy of @image with room for a second string table,
 * which has the new name at its end; @image then refers to @bytes. libbpf has opened it before, so
 * it is valid.
 */
static void rename_symbol(struct object_image *image, char *bytes, const char *old,
			  const char *name)
{
	Elf64_Shdr *sections = (Elf64_Shdr *)(bytes + ((Elf64_Ehdr *)bytes)->e_shoff);
	Elf64_Shdr *symbols = sections, *strings;
	Elf64_Sym *symbol;

	while (symbols->sh_type != SHT_SYMTAB)
		symbols++;
	strings = &sections[symbols->sh_link];
	symbol = (Elf64_Sym *)(bytes + symbols->sh_offset);
	while (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
	       strcmp(bytes + strings->sh_offset + symbol->st_name, old))
		symbol++;
	symbol->st_name = strings->sh_size;
	memcpy(bytes + image->size, bytes + strings->sh_offset, strings->sh_size);
	strcpy(bytes + image->size + strings->sh_size, name);
	strings->sh_offset = image->size;
	strings->sh_size += strlen(name) + 1;
	image->bytes = bytes;
	image->size += strings->sh_size;
}

struct bpf_object *object_image_open(const struct object_image *image)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = NULL);
	const char *slash = strrchr(image->name, '/');
	char stem[64];

	snprintf(stem, sizeof(stem), "%s", slash ? slash + 1 : image->name);
	stem[strcspn(stem, ".")] = '\0';
	opts.object_name = stem;
	return bpf_object__open_mem(image->bytes, image->size, &opts);
}

/* Keeps entries that are maps, and leaves out those that are programs. */
static bool keep_maps(const struct object_slot *slot)
{
	return !slot->section;
}

/* Copies the image; program @old is called @name in the copy, unless that is NULL. */
static int copy_image(struct object *object, const char *old, const char *name)
{
	struct object_image *image = &object->image;
	/* A string table that is no larger than the file, and the name. */
	size_t room = name ? image->size + strlen(name) + 1 : 0;

	object->bytes = malloc(image->size + room);
	if (!object->bytes)
		return -ENOMEM;
	memcpy(object->bytes, image->bytes, image->size);
	image->bytes = object->bytes;
	if (name)
		rename_symbol(image, object->bytes, old, name);
	return 0;
}

/* @old: what the image calls the program that is to be called choice->program; NULL: that is its
 * name. @keep: which entries of its maps the object fills in.
 */
static int open_image(struct object *object, const struct object_image *image,
		      const struct object_choice *choice, const char *old, bool has_frags,
		      bool (*keep)(const struct object_slot *slot))
{
	struct bpf_map *map;
	int err;

	*object = (struct object){ .image = *image, .kernel_has_frags = has_frags };
	prepare_frags(has_frags);
	err = copy_image(object, old, old ? choice->program : NULL);
	if (!err)
		err = object_slots_read(&object->slots, object->bytes, object->image.size, keep);
	if (err)
		return fail(err, "copy BPF object", image->name);

	object->bpf = object_image_open(&object->image);
	if (!object->bpf)
		return object_say_not_opened(-errno, image->name);
	err = object_choose(object, choice);
	if (err)
		return err;

	/* The pin directory decides where maps are pinned, whatever the object says. */
	bpf_object__for_each_map(map, object->bpf)
		bpf_map__set_pin_path(map, NULL);
	return 0;
}

int object_open(struct object *object, const struct object_image *image,
		const struct object_choice *choice)
{
	const struct object_choice any = { 0 };
	struct object_image chosen = *image;
	struct bpf_program *program;
	bool has_frags;
	int err;

	lift_memory_limit();
	has_frags = kernel_has_frags();
	if (has_frags && image->frags_bytes) {
		chosen.bytes = image->frags_bytes;
		chosen.size = image->frags_size;
	}
	err = open_image(object, &chosen, choice ? choice : &any, NULL, has_frags,
			 object_choice_fits_xdp);
	if (err)
		return err;
	object_choose_secondary(object);
	bpf_object__for_each_program(program, object->bpf)
		flag_frags(program, has_frags);
	return 0;
}

void object_close(struct object *object)
{
	bpf_object__close(object->bpf);
	free(object->verifier_log);
	object_slots_free(&object->slots);
	free(object->bytes);
	*object = (struct object){ 0 };
}

struct bpf_program *object_next_secondary(const struct object *object, struct bpf_program *program)
{
	while ((program = bpf_object__next_program(object->bpf, program)))
		if (program != object->program && bpf_program__autoload(program))
			return program;
	return NULL;
}

bool object_map_is_constant(const struct object *object, const struct bpf_map *map)
{
	const struct object_slots *slots = &object->slots;
	size_t i;

	if (bpf_map__is_internal(map))
		return bpf_map__map_flags(map) & BPF_F_RDONLY_PROG;
	for (i = 0; i < slots->count; i++)
		if (slots->list[i].section && !strcmp(slots->list[i].map, bpf_map__name(map)))
			return true;
	return false;
}

int object_reuse_map(const struct object *object, struct bpf_map *map, const struct pin *pin)
{
	int err = map_compare(object, map, pin);

	if (err)
		return err;
	err = bpf_map__reuse_fd(map, pin->fd);
	return err ? fail(err, "reuse", pin->path) : 0;
}

static bool asks_for_hints(const struct object *object)
{
	const struct btf *btf = bpf_object__btf(object->bpf);
	__u32 id, count = btf ? btf__type_cnt(btf) : 0;

	for (id = 1; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, type->name_off);

		if (btf_is_func(type) && name && !strncmp(name, HINTS, strlen(HINTS)))
			return true;
	}
	return false;
}

void object_bind_to_device(const struct object *object, int ifindex)
{
	if (!asks_for_hints(object))
		return;
	bpf_program__set_ifindex(object->program, ifindex);
	bpf_program__set_flags(object->program,
			       bpf_program__flags(object->program) | BOUND_TO_DEVICE);
}

bool object_is_bound_to_device(const struct object *object)
{
	return bpf_program__flags(object->program) & BOUND_TO_DEVICE;
}

/* Ties all of the object's maps to program @fd. */
static int bind_maps(const struct object *object, int fd)
{
	struct bpf_maps used;
	struct bpf_map *map = NULL;
	int err = bpf_info_maps(fd, &used);

	while (!err && (map = bpf_object__next_map(object->bpf, map))) {
		struct bpf_map_info info;

		if (object_map_fd(map) < 0)
			continue;
		err = bpf_info_map(object_map_fd(map), &info);
		if (!err && !bpf_maps_have(&used, info.id) &&
		    bpf_prog_bind_map(fd, object_map_fd(map), NULL))
			err = -errno;
	}
	bpf_maps_free(&used);
	return err;
}

/* libbpf leaves all names out if its first try with one fails, even for lack of memory. Without its
 * name nobody would recognize libxdp's dispatcher.
 */
static int check_name(const struct object *object)
{
	struct bpf_prog_info info;
	int err = bpf_info_program(object_program_fd(object), &info);

	if (err)
		return fail(err, "look at program", object_program_name(object));
	if (*info.name)
		return 0;
	log_error("could not load program %s of %s: the kernel failed when it was asked what it "
		  "can do; free some memory, and try again",
		  object_program_name(object), object->image.name);
	return -EAGAIN;
}

/* Gives each program a log of its own. */
static int make_logs(struct object *object)
{
	struct bpf_program *program = NULL;
	size_t count = 1;
	char *log;

	while ((program = object_next_secondary(object, program)))
		count++;
	log = object->verifier_log = malloc(count * VERIFIER_LOG_SIZE);
	if (!log)
		return fail(-ENOMEM, "load program", object_program_name(object));
	*log = '\0';
	bpf_program__set_log_buf(object->program, log, VERIFIER_LOG_SIZE);
	while ((program = object_next_secondary(object, program))) {
		log += VERIFIER_LOG_SIZE;
		*log = '\0';
		bpf_program__set_log_buf(program, log, VERIFIER_LOG_SIZE);
	}
	return 0;
}

int object_load(struct object *object)
{
	struct bpf_program *program = NULL;
	int err = make_logs(object);

	if (err)
		return err;
	log_take_library_warning();
	err = bpf_object__load(object->bpf);
	if (!err)
		err = bind_maps(object, object_program_fd(object));
	while (!err && (program = object_next_secondary(object, program)))
		err = bind_maps(object, bpf_program__fd(program));
	if (!err)
		return check_name(object);
	object_say_not_loaded(object, err);
	return err;
}

int object_open_again(const struct object *first, struct object *again, const char *name)
{
	const char *own_name = object_program_name(first);
	const struct object_choice choice = { .program = name ? name : own_name };
	struct bpf_map *map, *own = NULL;
	int err = open_image(again, &first->image, &choice, name ? own_name : NULL,
			     first->kernel_has_frags, keep_maps);

	if (err)
		return err;
	flag_frags(again->program, first->kernel_has_frags);
	bpf_object__for_each_map(map, again->bpf) {
		/* In step, not by name: one that is reused goes by the pinned map's name. */
		own = bpf_object__next_map(first->bpf, own);
		if (object_map_fd(own) < 0)
			continue;
		err = bpf_map__reuse_fd(map, object_map_fd(own));
		if (err)
			return err;
	}
	return make_logs(again);
}

int object_map_fd(const struct bpf_map *map)
{
	return bpf_map__autocreate(map) ? bpf_map__fd(map) : -1;
}

const char *object_program_name(const struct object *object)
{
	return bpf_program__name(object->program);
}

int object_program_fd(const struct object *object)
{
	return bpf_program__fd(object->program);
}

__u32 object_program_id(const struct object *object)
{
	struct bpf_prog_info info;

	return bpf_info_program(object_program_fd(object), &info) ? 0 : info.id;
}
