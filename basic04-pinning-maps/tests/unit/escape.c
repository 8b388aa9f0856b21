// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* escape: what terminals and programs are shown of names from outside. */
#include <string.h>

#include "escape.h"
#include "tap.h"

static void check(const char *what, const char *text, const char *people, const char *programs)
{
	char shown[ESCAPE_SIZE];

	ok(escape_text(shown, sizeof(shown), text) == shown && !strcmp(shown, people),
	   "%s, for people", what);
	ok(!strcmp(escape_utf8(shown, sizeof(shown), text), programs), "%s, for programs", what);
}

static void check_cut(void)
{
	char shown[8];

	ok(!strcmp(escape_text(shown, sizeof(shown), "1234567"), "1234567"),
	   "a text that just fits");
	ok(!strcmp(escape_text(shown, sizeof(shown), "12345678"), "1234567"), "one that is cut");
	ok(!strcmp(escape_text(shown, sizeof(shown), "123456\u00e4"), "123456"),
	   "not in a character");
	ok(!strcmp(escape_text(shown, sizeof(shown), "1234\x1b!"), "1234"), "nor in an escape");
	ok(!strcmp(escape_utf8(shown, sizeof(shown), "12345\xff"), "12345"), "nor in U+FFFD");
}

int main(void)
{
	char shown[64], longest[PATH_MAX], room[ESCAPE_SIZE];

	check("nothing", "", "", "");
	check("a plain name", "eth0.100-a_b\\c", "eth0.100-a_b\\c", "eth0.100-a_b\\c");
	check("characters of two, three and four bytes", "\u00e4\u20ac\U0001f600\U0010ffff",
	      "\u00e4\u20ac\U0001f600\U0010ffff", "\u00e4\u20ac\U0001f600\U0010ffff");
	check("an escape", "a\x1b[31mb", "a\\x1b[31mb", "a\x1b[31mb");
	check("line ends", "a\r\n\tb\x7f", "a\\x0d\\x0a\\x09b\\x7f", "a\r\n\tb\x7f");
	check("an escape of two bytes",
	      "a\xc2\x9b"
	      "31m\xc2\xa0",
	      "a\\xc2\\x9b31m\xc2\xa0",
	      "a\xc2\x9b"
	      "31m\xc2\xa0");
	check("a lone byte", "u\xff", "u\\xff", "u\ufffd");
	check("a character that is cut", "\xe2\x82", "\\xe2\\x82", "\ufffd\ufffd");
	check("a follower without a leader", "\x80z", "\\x80z", "\ufffdz");
	check("longer than needed", "\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf",
	      "\ufffd\ufffd\ufffd\ufffd\ufffd");
	check("half of a pair", "\xed\xa0\x80", "\\xed\\xa0\\x80", "\ufffd\ufffd\ufffd");
	check("behind the last one", "\xf4\x90\x80\x80\xf8", "\\xf4\\x90\\x80\\x80\\xf8",
	      "\ufffd\ufffd\ufffd\ufffd\ufffd");
	ok(!strcmp(escape_lines(shown, sizeof(shown), "1:\tr0 = \x1b\n2\r\n"),
		   "1:\tr0 = \\x1b\n2\\x0d\n"),
	   "several lines stay several");
	check_cut();

	memset(longest, '\xff', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ok(strlen(escape_text(room, sizeof(room), longest)) == 4 * (sizeof(longest) - 1),
	   "the longest path fits");
	return tap_end();
}
