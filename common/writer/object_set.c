// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_set.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "btf_resolve.h"
#include "join.h"
#include "log.h"

/* What is set: where it is, and of which type. */
struct variable {
	const struct btf_type *type; /* without typedefs and qualifiers */
	const char *section;	     /* ".rodata" */
	size_t offset;		     /* in it, in bytes */
};

static bool is_called(const struct btf *btf, __u32 name_offset, const char *name, size_t length)
{
	const char *there = btf__name_by_offset(btf, name_offset);

	return there && strlen(there) == length && !strncmp(there, name, length);
}

/* Calls @is for each variable of the object, until it returns true, and sets @found to that one.
 * libbpf fills in .kconfig itself.
 */
static bool each_variable(const struct btf *btf,
			  bool (*is)(const struct btf *btf, const struct btf_type *variable,
				     void *context),
			  void *context, struct variable *found)
{
	__u32 id, count = btf__type_cnt(btf);
	int i;

	for (id = 1; id < count; id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, section->name_off);

		if (!btf_is_datasec(section) || !name || !strcmp(name, ".kconfig") ||
		    !strcmp(name, ".maps") || !strcmp(name, "license"))
			continue;
		for (i = 0; i < btf_vlen(section); i++) {
			const struct btf_var_secinfo *place = &btf_var_secinfos(section)[i];
			const struct btf_type *variable = btf__type_by_id(btf, place->type);

			if (!is(btf, variable, context))
				continue;
			found->type = btf_resolve(btf, variable->type);
			found->section = name;
			found->offset = place->offset;
			return found->type;
		}
	}
	return false;
}

/* A part of a text. */
struct word {
	const char *text;
	size_t length;
};

static bool is_word(const struct btf *btf, const struct btf_type *variable, void *context)
{
	const struct word *word = context;

	return is_called(btf, variable->name_off, word->text, word->length);
}

#define NAMES_SIZE 512

/* Adds the name to a list of NAMES_SIZE bytes. */
static bool add_name(const struct btf *btf, const struct btf_type *variable, void *names)
{
	join_add(names, NAMES_SIZE, "%s", btf__name_by_offset(btf, variable->name_off));
	return false;
}

/* Goes from a struct to its member. */
static bool find_member(const struct btf *btf, const char *name, size_t length,
			struct variable *found)
{
	const struct btf_type *type = found->type;
	int i;

	for (i = 0; length && btf_is_composite(type) && i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		struct variable inside = *found;

		if (btf_member_bitfield_size(type, i))
			continue;
		inside.offset += btf_member_bit_offset(type, i) / 8;
		inside.type = btf_resolve(btf, member->type);
		/* Those of an unnamed struct or union are the outer one's. */
		if (inside.type && (is_called(btf, member->name_off, name, length) ||
				    (!*btf__name_by_offset(btf, member->name_off) &&
				     find_member(btf, name, length, &inside)))) {
			*found = inside;
			return true;
		}
	}
	return false;
}

/* The map of the section, which libbpf names by the object and the section; or NULL. */
static struct bpf_map *find_map(const struct object *object, const char *section)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf) {
		const char *own = strchr(bpf_map__name(map), '.');

		if (bpf_map__is_internal(map) && own && !strcmp(own, section))
			return map;
	}
	return NULL;
}

static bool find_enumerator(const struct btf *btf, const struct btf_type *type, const char *name,
			    __s64 *value)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		__u32 name_off = btf_is_enum(type) ? btf_enum(type)[i].name_off :
						     btf_enum64(type)[i].name_off;

		if (!is_called(btf, name_off, name, strlen(name)))
			continue;
		*value = btf_is_enum(type) ? btf_enum(type)[i].val :
					     (__s64)btf_enum64_value(&btf_enum64(type)[i]);
		return true;
	}
	return false;
}

/* A whole number that fits into so many bits, as two's complement. */
static bool parse_number(const char *text, unsigned int bits, bool is_signed, __s64 *value)
{
	bool negative = *text == '-';
	const char *digits = text + negative;
	int base = !strncmp(digits, "0x", 2) ? 16 : 10;
	unsigned long long limit = ~0ULL >> (64 - bits), number;
	char *end;

	if (base == 16)
		digits += 2;
	if (!strchr("0123456789abcdefABCDEF", *digits) || !*digits || (negative && !is_signed))
		return false;
	errno = 0;
	number = strtoull(digits, &end, base);
	/* Half of the values of a signed type are negative; 0xff is one of them. */
	if (is_signed && (base == 10 || negative))
		limit = (limit >> 1) + negative;
	*value = (__s64)(negative ? 0 - number : number);
	return !errno && !*end && number <= limit;
}

/* The last bytes of the number on a big-endian machine, else the first. */
static void store(char *to, __s64 value, __u32 size)
{
	bool is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	memcpy(to, (const char *)&value + (is_big ? sizeof(value) - size : 0), size);
}

/* Writes the value in the type's form. Returns false if the text is not a value of it. */
static bool write_value(const struct btf *btf, const struct btf_type *type, const char *text,
			char *to)
{
	bool is_bool = btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL;
	bool is_signed = btf_is_int(type) ? btf_int_encoding(type) & BTF_INT_SIGNED :
					    btf_kflag(type);
	__s64 value;

	if (btf_is_array(type)) {
		size_t room = btf_array(type)->nelems;

		if (strlen(text) >= room)
			return false;
		memset(to, 0, room);
		memcpy(to, text, strlen(text));
		return true;
	}
	if (is_bool && (!strcmp(text, "true") || !strcmp(text, "false")))
		value = !strcmp(text, "true");
	else if (btf_is_any_enum(type) && find_enumerator(btf, type, text, &value))
		;
	else if (!parse_number(text, is_bool ? 1 : 8 * type->size, is_signed, &value))
		return false;
	store(to, value, type->size);
	return true;
}

static size_t size_of(const struct btf_type *type)
{
	return btf_is_array(type) ? btf_array(type)->nelems : type->size; /* a text, or a number */
}

/* Whether a value of this type can be written. Sets what it takes, in words. */
static bool is_settable(const struct btf *btf, const struct btf_type *type, char *words,
			size_t size)
{
	const struct btf_type *element = btf_is_array(type) ?
						 btf_resolve(btf, btf_array(type)->type) :
						 NULL;

	if (element && btf_is_int(element) && btf_array(type)->nelems &&
	    !strcmp(btf__name_by_offset(btf, element->name_off), "char")) {
		snprintf(words, size, "a text of at most %u bytes", btf_array(type)->nelems - 1);
		return true;
	}
	if (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL)
		snprintf(words, size, "true or false");
	else if (btf_is_int(type))
		snprintf(words, size, "%s number of %u bits",
			 btf_int_encoding(type) & BTF_INT_SIGNED ? "a signed" : "an unsigned",
			 8 * type->size);
	else
		snprintf(words, size, "one of the values of enum %s",
			 btf__name_by_offset(btf, type->name_off));
	return (btf_is_int(type) || btf_is_any_enum(type)) && type->size <= sizeof(__u64);
}

static int set_variable(const struct object *object, const char *text)
{
	const struct btf *btf = bpf_object__btf(object->bpf);
	const char *equals = strchr(text, '='), *name = text;
	struct word word = { .text = text };
	struct variable variable = { 0 };
	struct bpf_map *map = NULL;
	char words[128];
	size_t size;
	char *values;
	bool found;

	if (!btf) {
		log_error("could not set %s: BPF object %s has no BTF; compile it with clang -g",
			  text, object->image.name);
		return -ENOENT;
	}
	word.length = strcspn(name, ".=");
	found = each_variable(btf, is_word, &word, &variable);
	for (name += strcspn(name, ".="); found && *name == '.'; name += strcspn(name, ".=")) {
		name++;
		found = find_member(btf, name, strcspn(name, ".="), &variable);
	}
	if (found)
		map = find_map(object, variable.section);
	if (!map) {
		char names[NAMES_SIZE] = "";

		each_variable(btf, add_name, names, &variable);
		log_error("could not set %s: BPF object %s has no global variable %.*s; it has: %s",
			  text, object->image.name, (int)(equals - text), text,
			  *names ? names : "none");
		return -ENOENT;
	}
	if (!is_settable(btf, variable.type, words, sizeof(words))) {
		log_error("could not set %s: it is neither a number, nor an enum, nor a text; the "
			  "members of a struct are set one by one, as NAME.MEMBER=VALUE",
			  text);
		return -EINVAL;
	}
	if (object_map_fd(map) >= 0) {
		log_error("could not set %s: --reuse-maps keeps section %s as it is; load without "
			  "it, or change the pinned map",
			  text, variable.section);
		return -EEXIST;
	}
	values = (char *)bpf_map__initial_value(map, &size);
	if (!values || variable.offset + size_of(variable.type) > size ||
	    !write_value(btf, variable.type, equals + 1, values + variable.offset)) {
		log_error("could not set %s: the value must be %s", text, words);
		return -EINVAL;
	}
	return 0;
}

int object_set_variables(const struct object *object, const char *const *texts, size_t count)
{
	size_t i;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		err = set_variable(object, texts[i]);
	return err;
}
