// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* options: numbers, seconds, and a tool's table. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "log.h"
#include "exit_codes.h"
#include "options.h"
#include "tap.h"

static void check_u32(const char *text, int err, unsigned int expected)
{
	unsigned int number = 7;
	int got = options_parse_u32(text, &number);

	ok(got == err && number == (err ? 7 : expected), "u32 '%s': %d, %u", text, got, number);
}

static void check_value(const char *text, int err, unsigned int expected)
{
	unsigned int number = 7;
	int got = options_parse_value(text, &number);

	ok(got == err && number == (err ? 7 : expected), "value '%s': %d, %u", text, got, number);
}

static void check_values(void)
{
	check_value("0", 0, 0);
	check_value("010", 0, 10);
	check_value("4294967295", 0, 4294967295U);
	check_value("4294967296", -ERANGE, 0);
	check_value("0x0", 0, 0);
	check_value("0xfFfFfFfF", 0, 4294967295U);
	check_value("0x00000000ffffffff", 0, 4294967295U);
	check_value("0x100000000", -ERANGE, 0);
	check_value("0x", -EINVAL, 0);
	check_value("0X1", -EINVAL, 0);
	check_value("0x0x1", -EINVAL, 0);
	check_value("-0x1", -EINVAL, 0);
	check_value("0x-1", -EINVAL, 0);
	check_value("ff", -EINVAL, 0);
	check_value("", -EINVAL, 0);
}

static void check_numbers(void)
{
	check_u32("0", 0, 0);
	check_u32("1", 0, 1);
	check_u32("007", 0, 7);
	check_u32("4294967295", 0, 4294967295U);
	check_u32("4294967296", -ERANGE, 0);
	check_u32("18446744073709551616", -ERANGE, 0);
	check_u32("99999999999999999999999999999999", -ERANGE, 0);
	check_u32("", -EINVAL, 0);
	check_u32("-1", -EINVAL, 0);
	check_u32("+1", -EINVAL, 0);
	check_u32(" 1", -EINVAL, 0);
	check_u32("1 ", -EINVAL, 0);
	check_u32("1.0", -EINVAL, 0);
	check_u32("0x10", -EINVAL, 0);
	check_u32("1e3", -EINVAL, 0);
	check_u32("abc", -EINVAL, 0);
	check_u32("\xd9\xa3", -EINVAL, 0);
}

static void check_second(const char *text, int err, double expected)
{
	double seconds = 7;
	int got = options_parse_seconds(text, &seconds);

	ok(got == err && fabs(seconds - (err ? 7 : expected)) < 1e-9, "seconds '%s': %d, %g", text,
	   got, seconds);
}

static void check_seconds(void)
{
	check_second("2", 0, 2);
	check_second("0.5", 0, 0.5);
	check_second(".5", 0, 0.5);
	check_second("5.", 0, 5);
	check_second("0.001", 0, 0.001);
	check_second("1.25", 0, 1.25);
	check_second("86400", 0, 86400);
	check_second("86400.0", 0, 86400);
	check_second("86400.1", -ERANGE, 0);
	check_second("0", -ERANGE, 0);
	check_second("0.0001", -ERANGE, 0);
	check_second("0.000999", -ERANGE, 0);
	check_second("99999999999999999999999999", -ERANGE, 0);
	check_second("", -EINVAL, 0);
	check_second(".", -EINVAL, 0);
	check_second("-1", -EINVAL, 0);
	check_second("+1", -EINVAL, 0);
	check_second("1,5", -EINVAL, 0);
	check_second("1.2.3", -EINVAL, 0);
	check_second("1e1", -EINVAL, 0);
	check_second("nan", -EINVAL, 0);
	check_second("inf", -EINVAL, 0);
	check_second("0x1p3", -EINVAL, 0);
	check_second(" 1", -EINVAL, 0);
	check_second("1s", -EINVAL, 0);
}

enum { FIRST, SECOND };
enum { RED, GREEN };

struct test_opts {
	bool flag;
	const char *string;
	struct option_list list;
	mode_t mode;
	unsigned int count;
	double seconds;
	struct option_pair pair;
	enum option_switch on;
	int todo;
	unsigned int id;
	int colour;
	int verbosity;
};

#define FIELD(name_) offsetof(struct test_opts, name_)

static const struct option_def defs[] = {
	{ OPTION_FLAG, 'f', "flag", NULL, "a flag", FIELD(flag), 0, 0, 0 },
	{ OPTION_STRING, 's', "string", "TEXT", "a text", FIELD(string), 0, 0, 0 },
	{ OPTION_LIST, 'l', "list", "TEXT", "some texts", FIELD(list), 0, 0, 0 },
	{ OPTION_MODE, 0, "mode", "MODE", "a mode", FIELD(mode), 0, 0, 0 },
	{ OPTION_COUNT, 0, "count", "N", "a count", FIELD(count), 0, 0, 1U << FIRST },
	{ OPTION_COUNT, 0, "second-best", "N", "another", FIELD(count), 0, 0, 0 },
	{ OPTION_PAIR, 'p', "pair", "A B", "a pair", FIELD(pair), 0, 0, 0 },
	{ OPTION_SWITCH, 0, "on", "on|off", "a switch", FIELD(on), 0, 0, 0 },
	{ OPTION_SECONDS, 'i', "interval", "SECONDS", "an interval", FIELD(seconds), 0, 0, 0 },
	{ OPTION_CHOICE_ID, 'U', "second", "[ID]", "a thing to do", FIELD(todo), FIELD(id), SECOND,
	  0 },
	{ OPTION_CHOICE, 0, "red", NULL, "a colour", FIELD(colour), 0, RED, 0 },
	{ OPTION_CHOICE, 0, "green", NULL, "another", FIELD(colour), 0, GREEN, 0 },
	OPTIONS_COMMON(struct test_opts),
};

static const struct option_table table = {
	.tool = "unit",
	.usage = "unit [OPTION]...",
	.about = "Tests.",
	.defs = defs,
	.count = sizeof(defs) / sizeof(defs[0]),
	.main_offset = FIELD(todo),
};

extern int optind;

enum result { RUN, WRONG, DONE };

/* The words of @line, split at blanks, parsed again. */
static enum result parse(const char *line, struct test_opts *opts)
{
	static char copy[256];
	char *argv[20] = { "unit" };
	char *word;
	int argc = 1, code;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	optind = 0;
	*opts = (struct test_opts){ 0 };
	return options_parse(&table, argc, argv, opts, &code) ? RUN :
	       code == EXIT_USAGE			      ? WRONG :
								DONE;
}

static void check_wrong(FILE *messages, const char *line, const char *named)
{
	struct test_opts opts;
	enum result result = parse(line, &opts);
	const char *message = messages_take(messages);

	ok(result == WRONG && strstr(message, named), "'%s' is wrong, and says '%s'", line, named);
}

static void check_beginnings(struct test_opts *opts)
{
	ok(parse("--fl --strin text --inter=2 --gr --li one --l two", opts) == RUN && opts->flag &&
		   !strcmp(opts->string, "text") && opts->seconds == 2 && opts->colour == GREEN &&
		   opts->list.count == 2,
	   "a beginning that one name has will do, with its value glued on too");
	free(opts->list.values);
	ok(parse("--second-best 1", opts) == RUN && opts->count == 1 && opts->todo == FIRST &&
		   parse("--second", opts) == RUN && opts->todo == SECOND,
	   "a name in full is no beginning of a longer one");
}

static void check_refused_names(FILE *messages)
{
	check_wrong(messages, "--s -f",
		    "--s is ambiguous: give --string, --second-best or --second; see unit --help");
	check_wrong(messages, "--se=1", "--se is ambiguous: give --second-best or --second;");
	check_wrong(messages, "-f --nonsense=1 -s x", "--nonsense is not an option of unit;");
	check_wrong(messages, "--flags", "--flags is not an option of unit;");
	check_wrong(messages, "--=1", "-- is not an option of unit;");
	check_wrong(messages, "-f --fl=1", "--flag takes no value;");
	check_wrong(messages, "--flag --str", "--string needs a value;");
	check_wrong(messages, "-fs", "-s needs a value;");
	check_wrong(messages, "-fxs", "-x is not an option of unit;");
	check_wrong(messages, "-f\xc3\xa9", "-\\xc3 is not an option of unit;");
}

static void check_repeated(FILE *messages)
{
	check_wrong(messages, "-s a -s b", "--string is given twice: give it once;");
	check_wrong(messages, "-sa --string=a", "--string is given twice");
	check_wrong(messages, "--str a -f --string b", "--string is given twice");
	check_wrong(messages, "--mode 0640 --mode 0640", "--mode is given twice");
	check_wrong(messages, "--second-best 1 --second-best 2", "--second-best is given twice");
	check_wrong(messages, "-i 1 --interval 1", "--interval is given twice");
	check_wrong(messages, "-p 1 2 --pair 1 2", "--pair is given twice");
	check_wrong(messages, "--on on --on off", "--on is given twice");
	check_wrong(messages, "-U 1 -U 2", "--second is given twice");
	check_wrong(messages, "-U -U", "--second is given twice");
}

static void check_table(void)
{
	FILE *messages = messages_begin();
	struct test_opts opts;

	ok(parse("", &opts) == RUN && !opts.flag && !opts.string, "no option is fine");
	ok(parse("-f -s text --count 3 -i 0.5 --green", &opts) == RUN && opts.flag &&
		   !strcmp(opts.string, "text") && opts.count == 3 && opts.seconds == 0.5 &&
		   opts.colour == GREEN,
	   "each type of option fills its field");
	ok(parse("-fstext --interval=2", &opts) == RUN && opts.flag &&
		   !strcmp(opts.string, "text") && opts.seconds == 2,
	   "letters can be joined, and values glued on");
	ok(parse("-U", &opts) == RUN && opts.todo == SECOND && !opts.id,
	   "an optional number can be left out");
	ok(parse("-U 12", &opts) == RUN && opts.id == 12, "and given as the next word");
	ok(parse("-U12", &opts) == RUN && opts.id == 12, "and glued to the letter");
	ok(parse("--second=12", &opts) == RUN && opts.id == 12, "and to the name");
	ok(parse("-U -f", &opts) == RUN && opts.flag && !opts.id,
	   "and an option is not taken for it");
	ok(parse("--green --green", &opts) == RUN && opts.colour == GREEN,
	   "a choice can be repeated");
	ok(parse("-l one --list two", &opts) == RUN && opts.list.count == 2 &&
		   !strcmp(opts.list.values[0], "one") && !strcmp(opts.list.values[1], "two"),
	   "a list has all that was given, in that order");
	free(opts.list.values);
	ok(parse("-f --flag -v -v -q", &opts) == RUN && opts.flag && opts.verbosity == LOG_QUIET,
	   "what takes no value can be repeated, and the last of two levels holds");
	check_beginnings(&opts);
	ok(parse("--mode 0640", &opts) == RUN && opts.mode == 0640, "a mode is octal");
	ok(parse("--mode 777", &opts) == RUN && opts.mode == 0777, "without a 0 in front too");
	ok(parse("-v", &opts) == RUN && opts.verbosity == LOG_VERBOSE, "-v is verbose");
	ok(parse("-q", &opts) == RUN && opts.verbosity == LOG_QUIET, "-q is quiet");
	ok(!*messages_take(messages), "and nothing has been said so far");

	check_wrong(messages, "--nonsense", "--nonsense");
	check_wrong(messages, "-x", "-x");
	check_wrong(messages, "-fx", "-x");
	check_wrong(messages, "--flag=1", "--flag");
	check_wrong(messages, "-s", "-s");
	check_wrong(messages, "--string", "--string");
	check_wrong(messages, "--string=", "--string");
	check_wrong(messages, "--count 0", "--count");
	check_wrong(messages, "--list=", "--list");
	check_wrong(messages, "--mode 0800", "--mode");
	check_wrong(messages, "--mode 1777", "--mode");
	check_wrong(messages, "--mode 0200", "--mode");
	check_wrong(messages, "--mode 00640", "--mode");
	check_wrong(messages, "-i 0", "--interval");
	check_wrong(messages, "-U abc", "'abc'");
	check_wrong(messages, "-U12x", "'12x'");
	check_wrong(messages, "surplus", "'surplus'");
	check_wrong(messages, "-f -- surplus", "'surplus'");
	check_refused_names(messages);
	check_repeated(messages);
	check_wrong(messages, "--red --green", "exclude");
	check_wrong(messages, "--count 1 --second", "does not go with --second");
}

int main(void)
{
	log_init("unit", LOG_NORMAL);
	check_numbers();
	check_values();
	check_seconds();
	if (setlocale(LC_ALL, "de_DE.UTF-8")) /* a comma for the decimal point */
		check_seconds();
	check_table();
	return tap_end();
}
