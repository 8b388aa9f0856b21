// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "log.h"

/* The verifier wants all of it or says ENOSPC; untouched pages cost nothing. */
#define VERIFIER_LOG_SIZE (16u << 20)

/* BPF_F_XDP_HAS_FRAGS of linux/bpf.h since 5.18; Debian 11's headers lack it. */
#define HAS_FRAGS (1U << 5)
#define FRAGS_SECTION "xdp.frags"

static int fail(int err, const char *verb, const char *what)
{
	log_error("could not %s %s: %s%s", verb, what, strerror(-err),
		  err == -EPERM ? "; run as root" : "");
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

/* Two instructions: r0 = XDP_PASS; exit. */
bool object_kernel_has_frags(void)
{
	const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = HAS_FRAGS,
		    .expected_attach_type = BPF_XDP);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "frags_probe", "GPL", pass, 2, &opts);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* libbpf sets a flag on programs of section "xdp.frags" that no older kernel takes: there the
 * section stands for any XDP program. libbpf keeps the flag to itself, too, while libxdp asks the
 * program for it.
 */
static void prepare_frags(bool kernel_has_frags)
{
	if (!kernel_has_frags)
		libbpf_register_prog_handler(FRAGS_SECTION "+", BPF_PROG_TYPE_XDP, BPF_XDP, NULL);
}

static void flag_frags(struct bpf_program *program, bool kernel_has_frags)
{
	const char *section = bpf_program__section_name(program);

	if (kernel_has_frags && !strncmp(section, FRAGS_SECTION, strlen(FRAGS_SECTION)))
		bpf_program__set_flags(program, HAS_FRAGS);
}

static bool is_xdp(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_XDP;
}

static void say_no_program(const struct object *object, const char *name)
{
	struct bpf_program *program;
	char names[512] = "";
	size_t len = 0;

	bpf_object__for_each_program(program, object->bpf) {
		if (is_xdp(program) && len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "",
					bpf_program__name(program));
	}
	log_error("could not find %s%s in BPF object %s: its XDP programs are: %s",
		  name ? "program " : "an XDP program", name ? name : "", object->image.name,
		  *names ? names : "none; the section of one is called \"xdp\"");
}

static struct bpf_program *choose_program(struct bpf_object *bpf, const char *name)
{
	struct bpf_program *program, *chosen = NULL;

	bpf_object__for_each_program(program, bpf) {
		bool fits = is_xdp(program) && !chosen &&
			    (!name || !strcmp(bpf_program__name(program), name));

		if (fits)
			chosen = program;
		bpf_program__set_autoload(program, fits);
	}
	return chosen;
}

int object_open(struct object *object, const struct object_image *image, const char *name)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = NULL);
	bool has_frags = object_kernel_has_frags();
	struct bpf_map *map;
	char stem[64];
	int err;

	*object = (struct object){ .image = *image };
	prepare_frags(has_frags);

	/* libbpf calls .rodata, .data and .bss after the object: by its file's name, as it would
	 * have done had it read the file itself.
	 */
	snprintf(stem, sizeof(stem), "%s",
		 strrchr(image->name, '/') ? strrchr(image->name, '/') + 1 : image->name);
	stem[strcspn(stem, ".")] = '\0';
	opts.object_name = stem;

	object->bpf = bpf_object__open_mem(image->bytes, image->size, &opts);
	if (!object->bpf) {
		err = -errno;
		log_error("could not open BPF object %s: %s; give the path of a file that clang "
			  "-target bpf has made",
			  image->name,
			  err == -LIBBPF_ERRNO__FORMAT ? "it is no BPF object" : strerror(-err));
		return err;
	}
	object->program = choose_program(object->bpf, name);
	if (!object->program) {
		say_no_program(object, name);
		return -ENOENT;
	}
	flag_frags(object->program, has_frags);

	/* Where maps are pinned is the pin directory's business, whatever the object says. */
	bpf_object__for_each_map(map, object->bpf)
		bpf_map__set_pin_path(map, NULL);
	return 0;
}

void object_close(struct object *object)
{
	bpf_object__close(object->bpf);
	free(object->verifier_log);
	*object = (struct object){ 0 };
}

bool object_map_is_constant(const struct bpf_map *map)
{
	return bpf_map__is_internal(map) && bpf_map__map_flags(map) & BPF_F_RDONLY_PROG;
}

static bool differs(const struct bpf_map *map, const struct pin *pin, const char *field,
		    __u32 pinned, __u32 wanted)
{
	if (pinned == wanted)
		return false;
	log_error("could not reuse %s for map %s: %s is %u in the pinned map and %u in the object",
		  pin->path, bpf_map__name(map), field, pinned, wanted);
	return true;
}

static bool types_differ(const struct bpf_map *map, const struct pin *pin, __u32 pinned,
			 __u32 wanted)
{
	const char *pinned_name = libbpf_bpf_map_type_str(pinned);
	const char *wanted_name = libbpf_bpf_map_type_str(wanted);

	if (pinned == wanted)
		return false;
	log_error("could not reuse %s for map %s: type is %s in the pinned map and %s in the "
		  "object",
		  pin->path, bpf_map__name(map), pinned_name ? pinned_name : "unknown",
		  wanted_name ? wanted_name : "unknown");
	return true;
}

int object_reuse_map(struct bpf_map *map, const struct pin *pin)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info), entries = bpf_map__max_entries(map);
	int err, differing = 0;

	if (bpf_obj_get_info_by_fd(pin->fd, &info, &size))
		return fail(-errno, "look at", pin->path);

	/* What the kernel fills in by itself is no difference: the size of a perf event array
	 * (one entry a CPU), and the flag that a devmap is read-only for programs.
	 */
	if (!entries && info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		entries = info.max_entries;
	if (info.type == BPF_MAP_TYPE_DEVMAP || info.type == BPF_MAP_TYPE_DEVMAP_HASH)
		info.map_flags &= ~BPF_F_RDONLY_PROG;

	differing += types_differ(map, pin, info.type, bpf_map__type(map));
	differing += differs(map, pin, "key size", info.key_size, bpf_map__key_size(map));
	differing += differs(map, pin, "value size", info.value_size, bpf_map__value_size(map));
	differing += differs(map, pin, "entries", info.max_entries, entries);
	differing += differs(map, pin, "flags", info.map_flags, bpf_map__map_flags(map));
	if (differing)
		return -EEXIST;
	err = bpf_map__reuse_fd(map, pin->fd);
	return err ? fail(err, "reuse", pin->path) : 0;
}

static int tie_maps(const struct object *object)
{
	int fd = object_program_fd(object);
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf) {
		struct bpf_map_info info = { 0 };
		__u32 size = sizeof(info);

		if (bpf_map__fd(map) < 0)
			continue;
		if (bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size))
			return -errno;
		if (!pin_program_uses(fd, info.id) && bpf_prog_bind_map(fd, bpf_map__fd(map), NULL))
			return -errno;
	}
	return 0;
}

int object_load(struct object *object)
{
	const char *name = object_program_name(object);
	int err;

	object->verifier_log = malloc(VERIFIER_LOG_SIZE);
	if (!object->verifier_log)
		return fail(-ENOMEM, "load program", name);
	object->verifier_log[0] = '\0';
	bpf_program__set_log_buf(object->program, object->verifier_log, VERIFIER_LOG_SIZE);

	err = bpf_object__load(object->bpf);
	if (!err)
		err = tie_maps(object);
	if (!err)
		return 0;
	log_error("could not load program %s of %s: %s%s%s", name, object->image.name,
		  strerror(-err), err == -EPERM ? "; run as root" : "",
		  *object->verifier_log ? "; what the verifier says of it:" : "");
	if (*object->verifier_log)
		fputs(object->verifier_log, stderr);
	return err;
}

int object_open_again(const struct object *first, struct object *again)
{
	struct bpf_map *map, *own = NULL;
	int err;

	err = object_open(again, &first->image, object_program_name(first));
	if (err)
		return err;
	bpf_object__for_each_map(map, again->bpf) {
		/* In step, not by name: one that is reused goes by the pinned map's name. */
		own = bpf_object__next_map(first->bpf, own);
		if (bpf_map__fd(own) < 0)
			continue;
		err = bpf_map__reuse_fd(map, bpf_map__fd(own));
		if (err)
			return err;
	}
	return 0;
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
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(object_program_fd(object), &info, &size) ? 0 : info.id;
}
