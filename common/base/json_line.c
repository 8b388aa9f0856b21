// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "json_line.h"

#include <errno.h>

#ifdef HAVE_JSON

#include <stdio.h>

#include <json-c/json.h>

#include "escape.h"
#include "library.h"

#define FUNCTIONS(EACH_)               \
	EACH_(json_object_new_object)  \
	EACH_(json_object_new_array)   \
	EACH_(json_object_new_string)  \
	EACH_(json_object_new_uint64)  \
	EACH_(json_object_new_boolean) \
	EACH_(json_object_object_add)  \
	EACH_(json_object_array_add)   \
	EACH_(json_object_put)         \
	EACH_(json_object_to_json_string_ext)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} json;

int json_line_check(void)
{
	static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

	return library_load(HAVE_JSON, names, &json);
}

struct json_object *json_line_object(void)
{
	return json.json_object_new_object();
}

struct json_object *json_line_list(void)
{
	return json.json_object_new_array();
}

struct json_object *json_line_text(const char *value)
{
	char utf8[ESCAPE_SIZE];

	return value ? json.json_object_new_string(escape_utf8(utf8, sizeof(utf8), value)) : NULL;
}

struct json_object *json_line_number(uint64_t value)
{
	return json.json_object_new_uint64(value);
}

struct json_object *json_line_bool(bool value)
{
	return json.json_object_new_boolean(value);
}

void json_line_set(struct json_object *to, const char *key, struct json_object *value)
{
	json.json_object_object_add(to, key, value);
}

void json_line_append(struct json_object *to, struct json_object *value)
{
	json.json_object_array_add(to, value);
}

const char *json_line_write(struct json_object *object)
{
	return json.json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
								   JSON_C_TO_STRING_NOSLASHESCAPE);
}

void json_line_free(struct json_object *object)
{
	json.json_object_put(object);
}

void json_line_print(struct json_object *object)
{
	puts(json_line_write(object));
	json_line_free(object);
}

#else

#include "log.h"

int json_line_check(void)
{
	log_error("could not write json: this program was built without json-c; see ./configure");
	return -EINVAL;
}

#endif
