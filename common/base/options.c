// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <bpf/libbpf.h>

#include "exit_codes.h"
#include "log.h"
#include "output.h"

#define MAX_OPTIONS 48

/* What getopt_long() returns for long option N is LONG_OPTION + N: not a letter, and not the same
 * for two options, as it then would take the first one for a beginning that both have.
 */
#define LONG_OPTION 256

static int parse_digits(const char *text, int base, unsigned int *number)
{
	unsigned long long value;
	const char *c;

	if (!*text)
		return -EINVAL;
	for (c = text; *c; c++)
		if (base == 16 ? !isxdigit((unsigned char)*c) : !isdigit((unsigned char)*c))
			return -EINVAL;

	errno = 0;
	value = strtoull(text, NULL, base);
	if (errno || value > UINT32_MAX)
		return -ERANGE;
	*number = value;
	return 0;
}

int options_parse_u32(const char *text, unsigned int *number)
{
	return parse_digits(text, 10, number);
}

int options_parse_value(const char *text, unsigned int *number)
{
	return strncmp(text, "0x", 2) ? parse_digits(text, 10, number) :
					parse_digits(text + 2, 16, number);
}

int options_parse_seconds(const char *text, double *seconds)
{
	double value = 0, digit = 1;
	bool fraction = false, any = false;
	const char *c;

	for (c = text; *c; c++) {
		if (*c == '.' && !fraction) {
			fraction = true;
		} else if (isdigit((unsigned char)*c)) {
			any = true;
			if (fraction)
				value += (*c - '0') * (digit /= 10);
			else
				value = value * 10 + (*c - '0');
		} else {
			return -EINVAL;
		}
	}
	if (!any)
		return -EINVAL;
	if (!(value >= OPTION_MIN_SECONDS && value <= OPTION_MAX_SECONDS))
		return -ERANGE;
	*seconds = value;
	return 0;
}

static void print_help(const struct option_table *table)
{
	const struct option_def *def;

	printf("Usage: %s\n\n%s\n", table->usage, table->about);
	for (def = table->defs; def < table->defs + table->count; def++) {
		char left[64];

		if (def->group)
			printf("\n%s:\n", def->group);
		snprintf(left, sizeof(left), "%c%c%c --%s%s%s", def->letter ? '-' : ' ',
			 def->letter ? def->letter : ' ', def->letter ? ',' : ' ', def->name,
			 def->value ? " " : "", def->value ? def->value : "");
		printf("  %-26s %s\n", left, def->help);
	}
	if (table->notes)
		printf("\n%s\n", table->notes);
}

static void print_version(const struct option_table *table)
{
	printf("%s %s (libbpf %s)\n", table->tool, VERSION, libbpf_version_string());
}

static int set_choice(const struct option_table *table, const struct option_def *def, void *opts,
		      const struct option_def **chosen)
{
	const struct option_def *other;

	for (other = table->defs; other < table->defs + table->count; other++) {
		if (!chosen[other - table->defs] || other->offset != def->offset || other == def)
			continue;
		log_error("--%s and --%s exclude each other: give one of them", other->name,
			  def->name);
		return -EINVAL;
	}
	chosen[def - table->defs] = def;
	*(int *)((char *)opts + def->offset) = def->choice;
	return 0;
}

static int parse_from_one(const char *text, void *number)
{
	int err = options_parse_u32(text, number);

	return !err && !*(unsigned int *)number ? -ERANGE : err;
}

/* At most four octal digits; the owner must be able to read. */
static int parse_mode(const char *text, mode_t *mode)
{
	size_t length = strlen(text);

	if (!length || length > 4 || strspn(text, "01234567") != length)
		return -EINVAL;
	*mode = (mode_t)strtoul(text, NULL, 8);
	return *mode > 0777 || !(*mode & 0400) ? -ERANGE : 0;
}

static int parse_switch(const char *text, enum option_switch *on)
{
	*on = !strcmp(text, "on")  ? OPTION_ON :
	      !strcmp(text, "off") ? OPTION_OFF :
				     OPTION_NOT_GIVEN;
	return *on == OPTION_NOT_GIVEN ? -EINVAL : 0;
}

/* getopt has taken the first of the two words; @second is NULL if there is none. */
static int set_pair(const struct option_def *def, struct option_pair *pair, const char *first,
		    const char *second)
{
	const char *wrong = options_parse_value(first, &pair->values[0])	    ? first :
			    second && options_parse_value(second, &pair->values[1]) ? second :
										      NULL;

	pair->given = true;
	if (wrong)
		log_error("'%s' is not a value for --%s: give two numbers from 0 to 4294967295, "
			  "decimal or as in 0x1f",
			  wrong, def->name);
	else if (!second)
		log_error("--%s needs two values", def->name);
	return wrong || !second ? -EINVAL : 0;
}

static int add_to_list(struct option_list *list, const char *value)
{
	const char **values = reallocarray(list->values, list->count + 1, sizeof(*values));

	if (!values)
		return -ENOMEM;
	list->values = values;
	list->values[list->count++] = value;
	return *value ? 0 : -EINVAL;
}

static int set_value(const struct option_table *table, const struct option_def *def, void *opts,
		     const char *value, const struct option_def **chosen)
{
	void *field = (char *)opts + def->offset;
	int err = 0;

	switch (def->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_STRING:
		err = *value ? 0 : -EINVAL;
		*(const char **)field = value;
		break;
	case OPTION_LIST:
		err = add_to_list(field, value);
		break;
	case OPTION_COUNT:
		err = parse_from_one(value, field);
		break;
	case OPTION_SECONDS:
		err = options_parse_seconds(value, field);
		break;
	case OPTION_MODE:
		err = parse_mode(value, field);
		break;
	case OPTION_SWITCH:
		err = parse_switch(value, field);
		break;
	case OPTION_CHOICE:
		return set_choice(table, def, opts, chosen);
	case OPTION_CHOICE_ID:
		if (value)
			err = parse_from_one(value, (char *)opts + def->id_offset);
		if (!err)
			return set_choice(table, def, opts, chosen);
		break;
	case OPTION_VERBOSITY:
		*(int *)field = def->choice;
		break;
	default:
		break;
	}
	if (err)
		log_error("'%s' is not a value for --%s: %s", value, def->name,
			  def->type == OPTION_STRING || def->type == OPTION_LIST ?
				  "it is empty" :
			  def->type == OPTION_SECONDS ?
				  "give seconds from 0.001 to 86400, as in 0.5" :
			  def->type == OPTION_MODE   ? "give three octal digits, as in 0640" :
			  def->type == OPTION_SWITCH ? "give on or off" :
			  def->type == OPTION_COUNT  ? "give a number from 1 to 4294967295" :
						       "give a program's ID, a number from 1");
	return err;
}

/* The letters and names of @table in getopt's two forms. A ':' first in the letters makes getopt
 * tell a missing value from an unknown option.
 */
static void fill_getopt(const struct option_table *table, char *letters, struct option *names)
{
	const struct option_def *def;
	int val = LONG_OPTION;

	*letters++ = ':';
	for (def = table->defs; def < table->defs + table->count; def++, names++) {
		int has_arg = def->type == OPTION_CHOICE_ID ? optional_argument :
			      def->value		    ? required_argument :
							      no_argument;

		*names = (struct option){ .name = def->name, .has_arg = has_arg, .val = val++ };
		if (!def->letter)
			continue;
		*letters++ = def->letter;
		for (; has_arg > 0; has_arg--)
			*letters++ = ':';
	}
	*letters = '\0';
	*names = (struct option){ 0 };
}

/* @got is what getopt_long() returns or leaves in optopt. NULL: not an option of the table. */
static const struct option_def *find_option(const struct option_table *table, int got)
{
	size_t i;

	if (got >= LONG_OPTION)
		return &table->defs[got - LONG_OPTION];
	for (i = 0; i < table->count; i++)
		if (table->defs[i].letter && table->defs[i].letter == got)
			return &table->defs[i];
	return NULL;
}

/* Writes the names as "--a, --b or --c". */
static void write_names(char *text, size_t size, const char *const *names, size_t count)
{
	size_t used = 0, i;

	*text = '\0';
	for (i = 0; i < count && used < size; i++)
		used += snprintf(text + used, size - used, "%s--%s",
				 !i	       ? "" :
				 i + 1 < count ? ", " :
						 " or ",
				 names[i]);
}

/* The names that begin with the @length bytes at @begin. Their number. */
static size_t find_names(const struct option_table *table, const char *begin, int length,
			 char *text, size_t size)
{
	const char *found[MAX_OPTIONS] = { 0 };
	size_t count = 0, i;

	for (i = 0; length && i < table->count; i++)
		if (!strncmp(table->defs[i].name, begin, length))
			found[count++] = table->defs[i].name;
	write_names(text, size, found, count);
	return count;
}

/* Of what getopt_long() has refused in @word: a letter, a name that takes no value, a name that is
 * not there, or a beginning that several names have.
 */
static void say_refused(const struct option_table *table, const char *word)
{
	int length = (int)strcspn(word, "=");
	char names[MAX_OPTIONS * 24];

	if (optopt >= LONG_OPTION)
		log_error("--%s takes no value; see %s --help", find_option(table, optopt)->name,
			  table->tool);
	else if (optopt)
		log_error("-%c is not an option of %s; see %s --help", optopt, table->tool,
			  table->tool);
	else if (!strncmp(word, "--", 2) &&
		 find_names(table, word + 2, length - 2, names, sizeof(names)))
		log_error("%.*s is ambiguous: give %s; see %s --help", length, word, names,
			  table->tool);
	else
		log_error("%.*s is not an option of %s; see %s --help", length, word, table->tool,
			  table->tool);
}

static void say_value_missing(const struct option_table *table)
{
	if (optopt >= LONG_OPTION)
		log_error("--%s needs a value; see %s --help", find_option(table, optopt)->name,
			  table->tool);
	else
		log_error("-%c needs a value; see %s --help", optopt, table->tool);
}

/* The last of two values would win, and the first one be lost without a word. */
static int check_repeated(const struct option_table *table, const struct option_def *def,
			  bool given)
{
	if (!given || !def->value || def->type == OPTION_LIST)
		return 0;
	log_error("--%s is given twice: give it once; see %s --help", def->name, table->tool);
	return -EINVAL;
}

/* The options that @def goes with. */
static const char *name_partners(const struct option_table *table, const struct option_def *def,
				 char *names, size_t size)
{
	const char *found[MAX_OPTIONS] = { 0 };
	size_t count = 0, i;

	for (i = 0; i < table->count; i++) {
		const struct option_def *other = &table->defs[i];

		if (other->offset == table->main_offset && def->only_with & 1U << other->choice)
			found[count++] = other->name;
	}
	write_names(names, size, found, count);
	return names;
}

static int check_together(const struct option_table *table, const void *opts, const bool *given,
			  const struct option_def **chosen)
{
	const int *main_choice = (const int *)((const char *)opts + table->main_offset);
	const char *main_name = NULL;
	char names[256];
	size_t i;

	for (i = 0; i < table->count; i++)
		if (chosen[i] && table->defs[i].offset == table->main_offset)
			main_name = table->defs[i].name;

	for (i = 0; i < table->count; i++) {
		const struct option_def *def = &table->defs[i];

		if (!given[i] || !def->only_with || def->only_with & 1U << *main_choice)
			continue;
		if (main_name)
			log_error("--%s does not go with --%s; see %s --help", def->name, main_name,
				  table->tool);
		else
			log_error("--%s goes only with %s; see %s --help", def->name,
				  name_partners(table, def, names, sizeof(names)), table->tool);
		return -EINVAL;
	}
	return 0;
}

/* Takes the value, too, if it is a word of its own that getopt_long() did not take. */
static int take_option(const struct option_table *table, const struct option_def *def, void *opts,
		       int argc, char **argv, const struct option_def **chosen)
{
	const char *value = optarg;

	if (def->type == OPTION_PAIR)
		return set_pair(def, (void *)((char *)opts + def->offset), value,
				optind < argc ? argv[optind++] : NULL);
	/* getopt takes an optional value only when it is glued to the option. */
	if (def->type == OPTION_CHOICE_ID && !value && optind < argc && argv[optind][0] != '-')
		value = argv[optind++];
	return set_value(table, def, opts, value, chosen);
}

bool options_parse(const struct option_table *table, int argc, char **argv, void *opts, int *code)
{
	const struct option_def *chosen[MAX_OPTIONS] = { 0 };
	struct option names[MAX_OPTIONS + 1];
	char letters[3 * MAX_OPTIONS + 2];
	bool given[MAX_OPTIONS] = { 0 };
	int got;

	if (table->count > MAX_OPTIONS)
		abort(); /* a mistake in a table, seen by its first run */

	*code = EXIT_USAGE;
	fill_getopt(table, letters, names);
	opterr = 0;
	while ((got = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		const struct option_def *def = find_option(table, got);

		if (got == ':') {
			say_value_missing(table);
			return false;
		}
		if (!def) {
			say_refused(table, argv[optind - 1]);
			return false;
		}
		if (def->type == OPTION_HELP || def->type == OPTION_VERSION) {
			def->type == OPTION_HELP ? print_help(table) : print_version(table);
			*code = output_end(EXIT_OK);
			return false;
		}
		if (check_repeated(table, def, given[def - table->defs]) ||
		    take_option(table, def, opts, argc, argv, chosen))
			return false;
		given[def - table->defs] = true;
	}
	if (optind < argc) {
		log_error("'%s' is too much: %s takes options only; see %s --help", argv[optind],
			  table->tool, table->tool);
		return false;
	}
	return !check_together(table, opts, given, chosen);
}
