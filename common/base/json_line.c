// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "json_line.h"

#include <errno.h>

#ifdef HAVE_JSON

#include <stdio.h>

#include <json-c/json.h>

#include "escape.h"

int json_line_check(void)
{
	return 0;
}

struct json_object *json_line_text(const char *value)
{
	char utf8[ESCAPE_SIZE];

	return value ? json_object_new_string(escape_utf8(utf8, sizeof(utf8), value)) : NULL;
}

const char *json_line_write(struct json_object *object)
{
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
}

void json_line_print(struct json_object *object)
{
	puts(json_line_write(object));
	json_object_put(object);
}

#else

#include "log.h"

int json_line_check(void)
{
	log_error("could not write json: this program was built without json-c; see ./configure");
	return -EINVAL;
}

#endif
