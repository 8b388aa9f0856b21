// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Three ways to make a map, and one that libbpf has given up. */
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../example.h"
#include "maps/make/make.skel.h"

#define PIN_DIR "/sys/fs/bpf/example_make"

/* The compiled legacy.bpf.c; libbpf reads it as numbers of 8 bytes. */
static const _Alignas(8) unsigned char legacy[] = {
#include "maps/make/legacy.inc"
};

static bool told;

/* What libbpf says first; what follows says the same in other words. */
static int tell_first_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level != LIBBPF_WARN || told)
		return 0;
	printf("  ");
	told = true;
	return vprintf(format, args);
}

/* Describes a map, and adds 1 to its value; returns its ID. */
static __u32 describe(const char *name, int map)
{
	struct bpf_map_info info = {};
	__u32 length = sizeof(info), key = 0;
	__u64 value;

	example_must("ask for a map", bpf_obj_get_info_by_fd(map, &info, &length));
	example_must("read a map", bpf_map_lookup_elem(map, &key, &value));
	printf("  %-8s key %u bytes, value %u bytes, %s: found %llu, left %llu, id %u\n", name,
	       info.key_size, info.value_size, info.btf_id ? "BTF" : "no BTF", value, value + 1,
	       info.id);
	value++;
	example_must("write to a map", bpf_map_update_elem(map, &key, &value, BPF_EXIST));
	return info.id;
}

static void make_by_call(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "by_call", sizeof(__u32), sizeof(__u64), 1,
				 NULL);

	describe("by_call", example_must("make a map", map));
	close(map);
}

static struct make *definition_open(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .pin_root_path = PIN_DIR);
	struct make *skel = make__open_opts(&opts);

	example_must("open the object", skel ? 0 : -errno);
	return skel;
}

static void make_by_definition(__u32 ids[2])
{
	struct make *skel = definition_open();

	example_must("load the object", make__load(skel));
	ids[0] = describe("plain", bpf_map__fd(skel->maps.plain));
	ids[1] = describe("kept", bpf_map__fd(skel->maps.kept));
	make__destroy(skel);
}

static void make_by_another_definition(void)
{
	struct make *skel = definition_open();

	example_must("change the definition", bpf_map__set_max_entries(skel->maps.kept, 2));
	told = false;
	example_tell("loading the object", make__load(skel));
	make__destroy(skel);
}

static void make_by_legacy_definition(void)
{
	struct bpf_object *object;

	told = false;
	object = bpf_object__open_mem(legacy, sizeof(legacy), NULL);
	example_tell("opening the object", object ? 0 : -errno);
	bpf_object__close(object);
}

static void unpin(void)
{
	unlink(PIN_DIR "/kept");
	rmdir(PIN_DIR);
}

int main(void)
{
	__u32 first[2], second[2];

	unpin(); /* what a run that was killed has left */
	printf("by a call\n");
	make_by_call();
	printf("by a definition, loaded\n");
	make_by_definition(first);
	printf("by the same definition, loaded again\n");
	make_by_definition(second);
	printf("  plain is %s, kept is %s\n",
	       first[0] == second[0] ? "the same map" : "another map",
	       first[1] == second[1] ? "the same map" : "another map");
	libbpf_set_print(tell_first_warning);
	printf("by another definition: room for 2 elements\n");
	make_by_another_definition();
	printf("by a definition of old: SEC(\"maps\")\n");
	make_by_legacy_definition();
	unpin();
	return 0;
}
