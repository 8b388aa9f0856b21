// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How many bytes the character at @text has; 0 if it is not UTF-8. */
static size_t utf8_length(const unsigned char *text)
{
	const unsigned char lead = text[0];
	size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	size_t i;

	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than needed, half of a UTF-16 pair, or behind the last character there can be. */
	if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
	    (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f) || lead > 0xf4)
		return 0;
	return length;
}

/* Control characters have one byte, or two: U+0080 to U+009F. */
static bool is_control(const unsigned char *text)
{
	return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

/* Control characters are shown, except those in @kept; NULL: all stay, and U+FFFD is written. */
static char *escape(char *to, size_t size, const char *text, const char *kept)
{
	size_t at = 0;

	while (*text) {
		const unsigned char *c = (const unsigned char *)text;
		size_t taken = utf8_length(c), length = taken;
		const char *shown = text;
		char hex[sizeof("\\x00")];

		if (length && kept && is_control(c) && !strchr(kept, *text))
			length = 0;
		if (!length && kept) {
			length = snprintf(hex, sizeof(hex), "\\x%02x", *c);
			shown = hex;
			taken = 1;
		} else if (!length) {
			shown = "\xef\xbf\xbd";
			length = strlen(shown);
			taken = 1;
		}
		if (at + length >= size)
			break;
		memcpy(to + at, shown, length);
		at += length;
		text += taken;
	}
	to[at] = '\0';
	return to;
}

char *escape_text(char *to, size_t size, const char *text)
{
	return escape(to, size, text, "");
}

char *escape_lines(char *to, size_t size, const char *text)
{
	return escape(to, size, text, "\n\t");
}

char *escape_utf8(char *to, size_t size, const char *text)
{
	return escape(to, size, text, NULL);
}
