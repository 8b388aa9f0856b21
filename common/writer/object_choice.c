// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_choice.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "object.h"

/* For a device: programs of devmaps and cpumaps are of the same type. */
static bool is_xdp(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_XDP &&
	       bpf_program__expected_attach_type(program) == BPF_XDP;
}

/* libbpf knows a type by the name of its section. This name it does not know. */
static bool is_unknown(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC;
}

static bool is_meant(const struct bpf_program *program, const struct object_choice *choice)
{
	return (!choice->program || !strcmp(bpf_program__name(program), choice->program)) &&
	       (!choice->section || !strcmp(bpf_program__section_name(program), choice->section));
}

/* The names of the programs for which @is is true; of the others with their sections. */
static void list_programs(const struct object *object, bool (*is)(const struct bpf_program *),
			  bool with_section, char *names, size_t size)
{
	struct bpf_program *program;
	size_t len = 0;

	*names = '\0';
	bpf_object__for_each_program(program, object->bpf) {
		if (is(program) && len < size)
			len += snprintf(names + len, size - len, "%s%s%s%s%s", len ? ", " : "",
					bpf_program__name(program),
					with_section ? " (section " : "",
					with_section ? bpf_program__section_name(program) : "",
					with_section ? ")" : "");
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

/* One that is asked for may have any section, unless that is for programs of a different type. */
static int check_type(const struct object *object)
{
	struct bpf_program *program = object->program;
	const char *type = libbpf_bpf_prog_type_str(bpf_program__type(program));

	if (is_xdp(program))
		return 0;
	if (is_unknown(program)) {
		bpf_program__set_type(program, BPF_PROG_TYPE_XDP);
		bpf_program__set_expected_attach_type(program, BPF_XDP);
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

int object_choose(struct object *object, const struct object_choice *choice)
{
	bool asked = choice->program || choice->section;
	struct bpf_program *program;

	bpf_object__for_each_program(program, object->bpf) {
		bool fits = !object->program &&
			    (asked ? is_meant(program, choice) : is_xdp(program));

		if (fits)
			object->program = program;
		bpf_program__set_autoload(program, fits);
	}
	if (object->program)
		return check_type(object);
	say_no_program(object, choice);
	return -ENOENT;
}
