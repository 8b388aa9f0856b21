// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_say.h"

#include <errno.h>
#include <string.h>

#include "log.h"

#define BAD_MAP "; this kernel takes no map of that type, with these sizes and flags"
#define BIG_MAP "; give it fewer entries"

/* What a user can do about a reason of libbpf's. */
static const char *advice_on(const char *reason)
{
	static const struct {
		const char *words, *advice;
	} known[] = {
		{ "legacy map definitions", "; define the maps in section .maps, as in "
					    "headers/xdp_stats_count.h" },
		{ "BTF is required", "; compile it with clang -g" },
		{ "endianness", "; compile it for this machine, with -target bpf" },
		{ "unsupported map linkage", "; define the map without 'static'" },
		{ "invalid pinning value", "; leave 'pinning' out: xdp_loader pins all maps" },
		{ "not found in kernel", "; this kernel does not have it" },
		{ "invalid func unknown", "; this kernel does not have that helper" },
		{ "number of funcs in func_info", "; before Linux 5.13 the kernel cannot call back "
						  "a function of a program" },
		{ "CO-RE relocation", "; this kernel's types have no such field" },
		{ "system Kconfig",
		  "; the kernel's configuration is in neither /proc/config.gz nor "
		  "/boot/config-RELEASE" },
		{ "): not resolved",
		  "; it is neither a symbol of this kernel's nor in its configuration" },
		{ "BTF for extern", "; the function is missing in the object; one of the kernel's "
				    "is declared with __ksym" },
		{ "GPL-restricted", "; that helper needs a license as in char LICENSE[] "
				    "SEC(\"license\") = \"Dual BSD/GPL\"" },
		/* From libbpf 1.6 on it prints an error's name in place of its text. */
		{ "failed to create: Invalid", BAD_MAP },
		{ "failed to create: -EINVAL", BAD_MAP },
		{ "failed to create: Argument list", BIG_MAP },
		{ "failed to create: -E2BIG", BIG_MAP },
		{ "failed to initialize slot", "; a program and those that it calls must be alike: "
					       "all of section xdp, or all of xdp.frags" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(reason, known[i].words))
			return known[i].advice;
	return "";
}

int object_say_not_opened(int err, const char *name)
{
	const char *reason = log_take_library_warning();
	char text[128];

	libbpf_strerror(err, text, sizeof(text));
	if (err == -EINVAL && !*reason)
		err = -LIBBPF_ERRNO__FORMAT;
	if (err == -LIBBPF_ERRNO__FORMAT || !*reason)
		log_error("could not open BPF object %s: %s; give the path of a file that clang "
			  "-target bpf has made",
			  name, err == -LIBBPF_ERRNO__FORMAT ? "it is not a BPF object" : text);
	else
		log_error("could not open BPF object %s: %s%s", name, reason, advice_on(reason));
	return err;
}

/* The map without entries that libbpf could not make, if there is one: the kernel says EINVAL. */
static const char *find_empty_map(const struct object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf)
		if (!bpf_map__max_entries(map) && object_map_fd(map) < 0)
			return bpf_map__name(map);
	return NULL;
}

/* The program that the verifier has refused; else the chosen one. */
static const struct bpf_program *find_refused(const struct object *object)
{
	struct bpf_program *program = NULL;
	size_t size;

	while ((program = object_next_secondary(object, program)))
		if (*bpf_program__log_buf(program, &size))
			return program;
	return object->program;
}

void object_say_not_loaded(const struct object *object, int err)
{
	const struct bpf_program *refused = find_refused(object);
	const char *name = bpf_program__name(refused), *reason = log_take_library_warning();
	const char *right = log_missing_right(err, "CAP_BPF and CAP_NET_ADMIN");
	const char *empty = err == -EINVAL ? find_empty_map(object) : NULL;
	size_t size;
	const char *log = bpf_program__log_buf(refused, &size);

	if (*log) {
		log_error("could not load program %s of %s: %s%s%s; what the verifier says of it:",
			  name, object->image.name, strerror(-err), right, advice_on(log));
		log_lines(log);
	} else if (empty && strstr(reason, empty)) {
		log_error("could not load program %s of %s: max_entries of map %s is 0: give it a "
			  "number in the source",
			  name, object->image.name, empty);
	} else if (*reason) {
		log_error("could not load program %s of %s: %s%s%s", name, object->image.name,
			  reason, right, advice_on(reason));
	} else {
		log_error("could not load program %s of %s: %s%s", name, object->image.name,
			  strerror(-err), right);
	}
}
