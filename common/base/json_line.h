/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tools' JSON: one object a line, by json-c. */
#ifndef JSON_LINE_H
#define JSON_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* Loads json-c. 0; or -errno with a message: it is not there, or this program was built without it.
 * Then do not call the others, which only a program that was built with it has.
 */
int json_line_check(void);

/* A new object {}, or list []. Who makes one adds it to another, prints it or frees it. */
struct json_object *json_line_object(void);
struct json_object *json_line_list(void);

/* A string that is UTF-8, as escape_utf8() makes it; NULL for NULL, which is null. */
struct json_object *json_line_text(const char *value);
struct json_object *json_line_number(uint64_t value);
struct json_object *json_line_bool(bool value);

/* Adds @value to object @to as member @key, or to list @to; NULL is null. It is @to's now. */
void json_line_set(struct json_object *to, const char *key, struct json_object *value);
void json_line_append(struct json_object *to, struct json_object *value);

/* The object as one line, which is the object's. */
const char *json_line_write(struct json_object *object);
void json_line_free(struct json_object *object);

/* Prints that line to stdout, and frees the object. */
void json_line_print(struct json_object *object);

#endif /* JSON_LINE_H */
