// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_choice.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <bpf/btf.h>

#include "join.h"
#include "log.h"
#include "object.h"
#include "object_say.h"
#include "output.h"

/* For a device: programs of devmaps and cpumaps are of the same type. */
static bool is_xdp(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_XDP &&
	       bpf_program__expected_attach_type(program) == BPF_XDP;
}

/* libbpf finds a program's type by the name of its section, and does not know this name. */
static bool is_unknown(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC;
}

static bool is_meant(const struct bpf_program *program, const struct object_choice *choice)
{
	return (!choice->program || !strcmp(bpf_program__name(program), choice->program)) &&
	       (!choice->section || !strcmp(bpf_program__section_name(program), choice->section));
}

/* Lists the names of the programs for which @is returns true. */
static void list_programs(const struct object *object, bool (*is)(const struct bpf_program *),
			  bool with_section, char *names, size_t size)
{
	struct bpf_program *program;

	*names = '\0';
	bpf_object__for_each_program(program, object->bpf) {
		if (is(program) && with_section)
			join_add(names, size, "%s (section %s)", bpf_program__name(program),
				 bpf_program__section_name(program));
		else if (is(program))
			join_add(names, size, "%s", bpf_program__name(program));
	}
}

static void say_no_program(const struct object *object, const struct object_choice *choice)
{
	char xdp[512], unknown[512];
	bool asked = choice->program || choice->section;

	list_programs(object, is_xdp, false, xdp, sizeof(xdp));
	list_programs(object, is_unknown, true, unknown, sizeof(unknown));
	log_error("could not find %s%s%s%s%s in BPF object %s: its XDP programs are: %s%s%s",
		  asked ? "program" : "an XDP program", choice->program ? " " : "",
		  choice->program ? choice->program : "", choice->section ? " of section " : "",
		  choice->section ? choice->section : "", object->image.name,
		  *xdp	   ? xdp :
		  *unknown ? "none" :
			     "none; the section of one is called \"xdp\"",
		  *unknown ? "; if one of these is for XDP, give --progname: " : "", unknown);
}

static void make_xdp(struct bpf_program *program)
{
	bpf_program__set_type(program, BPF_PROG_TYPE_XDP);
	bpf_program__set_expected_attach_type(program, BPF_XDP);
}

/* One that is asked for may have any section, unless that is for programs of a different type. */
static int check_type(const struct object *object)
{
	struct bpf_program *program = object->program;
	const char *type = libbpf_bpf_prog_type_str(bpf_program__type(program));

	if (is_xdp(program))
		return 0;
	if (is_unknown(program)) {
		make_xdp(program);
		return 0;
	}
	log_error("could not use program %s of BPF object %s: its section %s is for programs of "
		  "type %s%s; see 'xdp_loader --help' for how to choose another",
		  bpf_program__name(program), object->image.name,
		  bpf_program__section_name(program), type ? type : "unknown",
		  bpf_program__type(program) == BPF_PROG_TYPE_XDP ?
			  ", but in a devmap or cpumap, not on a device" :
			  "");
	return -EINVAL;
}

/* Whether the object puts the program into a prog array. */
static bool is_tail_called(const struct object *object, const struct bpf_program *program)
{
	const struct object_slots *slots = &object->slots;
	size_t i;

	for (i = 0; i < slots->count; i++)
		if (slots->list[i].section &&
		    !strcmp(slots->list[i].target, bpf_program__name(program)))
			return true;
	return false;
}

static struct bpf_program *choose(const struct object *object, const struct object_choice *choice)
{
	bool asked = choice->program || choice->section;
	struct bpf_program *program, *first = NULL;

	bpf_object__for_each_program(program, object->bpf) {
		if (asked && is_meant(program, choice))
			return program;
		if (asked || !is_xdp(program))
			continue;
		if (!is_tail_called(object, program))
			return program;
		first = first ? first : program;
	}
	return first;
}

/* Maps of struct_ops are for programs of that type, which are not loaded, so they are not made.
 * libbpf 1.1 still looks up their types in the kernel's BTF, and crashes if it has not read that.
 * An attach target makes it read that.
 */
static int leave_out_struct_ops(const struct object *object)
{
	struct btf *kernel = NULL;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		kernel = kernel ?: btf__load_vmlinux_btf();
		if (!kernel) {
			log_error("could not use BPF object %s: it has struct_ops (%s), for which "
				  "libbpf needs the kernel's BTF, and this kernel has none; leave "
				  "them out of the object",
				  object->image.name, bpf_map__name(map));
			return -ENOENT;
		}
		bpf_map__set_autocreate(map, false);
	}
	if (kernel)
		bpf_program__set_attach_target(object->program, 0, "");
	btf__free(kernel);
	return 0;
}

int object_choose(struct object *object, const struct object_choice *choice)
{
	struct bpf_program *program;
	int err;

	object->program = choose(object, choice);
	bpf_object__for_each_program(program, object->bpf)
		bpf_program__set_autoload(program, program == object->program);
	if (!object->program) {
		say_no_program(object, choice);
		return -ENOENT;
	}
	err = check_type(object);
	return err ? err : leave_out_struct_ops(object);
}

int object_choice_print(const struct object_image *image)
{
	struct bpf_object *bpf = object_image_open(image);
	struct bpf_program *program;

	if (!bpf)
		return object_say_not_opened(-errno, image->name);
	bpf_object__for_each_program(program, bpf)
		if (is_xdp(program) || is_unknown(program))
			output_print("%s %s\n", bpf_program__name(program),
				     bpf_program__section_name(program));
	bpf_object__close(bpf);
	return 0;
}

bool object_choice_fits_xdp(const struct object_slot *slot)
{
	enum bpf_attach_type attach;
	enum bpf_prog_type type;

	return !slot->section || libbpf_prog_type_by_name(slot->section, &type, &attach) ||
	       type == BPF_PROG_TYPE_XDP;
}

/* Whether the object has a devmap, or a cpumap, with a program in each entry. */
static bool takes_programs(const struct object *object, bool cpumap)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf) {
		enum bpf_map_type type = bpf_map__type(map);

		if (bpf_map__value_size(map) == sizeof(struct bpf_devmap_val) &&
		    (cpumap ? type == BPF_MAP_TYPE_CPUMAP :
			      type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH))
			return true;
	}
	return false;
}

void object_choose_secondary(struct object *object)
{
	bool for_cpumap = takes_programs(object, true), for_devmap = takes_programs(object, false);
	struct bpf_program *program;

	bpf_object__for_each_program(program, object->bpf) {
		enum bpf_attach_type attach = bpf_program__expected_attach_type(program);
		bool is_called = is_tail_called(object, program);

		if (program == object->program)
			continue;
		if (is_called && is_unknown(program))
			make_xdp(program);
		if (is_called || (bpf_program__type(program) == BPF_PROG_TYPE_XDP &&
				  ((attach == BPF_XDP_CPUMAP && for_cpumap) ||
				   (attach == BPF_XDP_DEVMAP && for_devmap))))
			bpf_program__set_autoload(program, true);
	}
}
