/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tools' JSON has in common: one object a line, by json-c. */
#ifndef JSON_LINE_H
#define JSON_LINE_H

struct json_object;

/* 0; or -EINVAL with a message: this program was built without json-c. Then do not call the others.
 */
int json_line_check(void);

/* A string that is UTF-8, as escape_utf8() makes it; NULL for NULL, which is null. */
struct json_object *json_line_text(const char *value);

/* The object as one line, which is the object's. */
const char *json_line_write(struct json_object *object);

/* Prints that line to stdout, and frees the object. */
void json_line_print(struct json_object *object);

#endif /* JSON_LINE_H */
