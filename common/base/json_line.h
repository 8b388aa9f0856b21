/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tools' JSON: one object a line, by json-c. */
#ifndef JSON_LINE_H
#define JSON_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* Loads json-c. Returns 0; or -errno with a message, if it is missing or this program was built
 * without it. Call this first: after an error the other functions may not be called, and without
 * json-c they do not exist.
 */
int json_line_check(void);

/* Return a new object {}, or list []. The caller adds it to another one, prints it or frees it. */
struct json_object *json_line_object(void);
struct json_object *json_line_list(void);

/* The same for values. A text becomes UTF-8, as by escape_utf8(); NULL becomes NULL, which is null.
 */
struct json_object *json_line_text(const char *value);
struct json_object *json_line_number(uint64_t value);
struct json_object *json_line_bool(bool value);

/* Add @value to object @to as member @key, or to list @to, which then owns it. NULL is null. */
void json_line_set(struct json_object *to, const char *key, struct json_object *value);
void json_line_append(struct json_object *to, struct json_object *value);

/* Returns the object as one line, which belongs to the object. */
const char *json_line_write(struct json_object *object);
void json_line_free(struct json_object *object);

/* Prints that line to stdout, and frees the object. */
void json_line_print(struct json_object *object);

#endif /* JSON_LINE_H */
