/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One typed table a tool, from which parsing, --help, what is required and what excludes what
 * all follow. A tool knows only the options in its own table.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_type {
	OPTION_FLAG,	/* bool: true when given */
	OPTION_STRING,	/* const char *: points into argv */
	OPTION_LIST,	/* struct option_list: the one type that takes several values */
	OPTION_COUNT,	/* __u32 from 1 */
	OPTION_SECONDS, /* double: MIN_SECONDS to MAX_SECONDS */
	OPTION_MODE,	/* mode_t: octal, 0400 to 0777 */
	OPTION_PAIR,	/* struct option_pair: two words, each a number as options_parse_value() */
	OPTION_SWITCH,	/* enum option_switch: "on" or "off" */
	OPTION_CHOICE,	/* int: set to .choice; two choices of one field exclude each other */
	OPTION_CHOICE_ID, /* the same; a number behind it, if there is one, goes to a __u32 */
	OPTION_VERBOSITY, /* int, an enum log_level: set to .choice */
	OPTION_VERSION,	  /* prints the version and is done */
	OPTION_HELP,	  /* prints the help and is done */
};

/* The strings point into argv; the array is the tool's to free. */
struct option_list {
	const char **values;
	size_t count;
};

struct option_pair {
	unsigned int values[2];
	bool given;
};

enum option_switch { OPTION_NOT_GIVEN, OPTION_OFF, OPTION_ON };

#define OPTION_MIN_SECONDS 0.001
#define OPTION_MAX_SECONDS 86400.0

/* An option with a value may be given once, except an OPTION_LIST: each of its values counts. One
 * without a value may be repeated: it says the same again.
 */
struct option_def {
	enum option_type type;
	char letter; /* 0: none */
	const char *name;
	const char *value; /* what stands for the value in --help; NULL: takes none */
	const char *help;
	size_t offset;	  /* of the field in the tool's struct */
	size_t id_offset; /* OPTION_CHOICE_ID: of the number's field */
	int choice;
	unsigned int
		only_with; /* bit N: goes with choice N of the table's main field; 0: with all */
	const char *group; /* the heading before it in --help; NULL: none */
};

/* Each tool has these, and a field `int verbosity`. */
/* clang-format off */
#define OPTIONS_COMMON(opts_)                                                                      \
	{ .group = "Messages and help",                                                            \
	  .type = OPTION_VERBOSITY, .letter = 'q', .name = "quiet", .choice = -1,                  \
	  .offset = offsetof(opts_, verbosity), .help = "print errors only" },                     \
	{ .type = OPTION_VERBOSITY, .letter = 'v', .name = "verbose", .choice = 1,                 \
	  .offset = offsetof(opts_, verbosity), .help = "print the libraries' messages too" },     \
	{ .type = OPTION_VERSION, .letter = 'V', .name = "version",                                \
	  .help = "print the versions of this tool and libbpf" },                                  \
	{ .type = OPTION_HELP, .letter = 'h', .name = "help", .help = "print this help" }
/* clang-format on */

struct option_table {
	const char *tool;
	const char *usage; /* the lines after "Usage:" */
	const char *about; /* a sentence under it */
	const char *notes; /* printed last by --help */
	const struct option_def *defs;
	size_t count;
	size_t main_offset; /* of the int that only_with speaks of, if any does; below 32 */
};

/* Fills @opts, the tool's struct, whose defaults the caller has set. False: the tool is to exit
 * with @code, as --help or --version was printed to stdout (EXIT_OK), or what is wrong was said to
 * stderr, naming the option (EXIT_USAGE). A beginning of a long option's name will do, if no other
 * name begins so.
 */
bool options_parse(const struct option_table *table, int argc, char **argv, void *opts, int *code);

/* The whole of @text as a number, decimal only: no sign, no blank. 0, -EINVAL or -ERANGE. */
int options_parse_u32(const char *text, unsigned int *number);

/* The same, or hexadecimal behind "0x". */
int options_parse_value(const char *text, unsigned int *number);

/* The whole of @text as seconds, from OPTION_MIN_SECONDS to OPTION_MAX_SECONDS; the decimal point
 * is a '.' in every locale. 0, -EINVAL or -ERANGE.
 */
int options_parse_seconds(const char *text, double *seconds);

#endif /* OPTIONS_H */
