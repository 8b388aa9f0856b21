// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The option table: any words either fill the struct with what its types allow, or are refused with
 * a message.
 */
#include <getopt.h>
#include <sys/types.h>

#include "exit_codes.h"
#include "fuzz.h"
#include "log.h"
#include "options.h"

/* A field of each type. */
struct fuzz_opts {
	const char *device;
	struct option_list devices;
	unsigned int count;
	double seconds;
	mode_t mode;
	struct option_pair pair;
	enum option_switch trace;
	int action;
	unsigned int id;
	bool force;
	int verbosity;
};

#define FIELD(name_) offsetof(struct fuzz_opts, name_)

/* clang-format off */
static const struct option_def defs[] = {
	{ .type = OPTION_STRING, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(device), .help = "" },
	{ .type = OPTION_LIST, .letter = 'l', .name = "list", .value = "IF",
	  .offset = FIELD(devices), .help = "" },
	{ .type = OPTION_COUNT, .letter = 'n', .name = "count", .value = "N",
	  .offset = FIELD(count), .help = "" },
	{ .type = OPTION_SECONDS, .letter = 'i', .name = "interval", .value = "S",
	  .offset = FIELD(seconds), .help = "" },
	{ .type = OPTION_MODE, .name = "pin-mode", .value = "MODE", .offset = FIELD(mode),
	  .only_with = 1, .help = "" },
	{ .type = OPTION_PAIR, .letter = 'u', .name = "update", .value = "V1 V2",
	  .offset = FIELD(pair), .help = "" },
	{ .type = OPTION_SWITCH, .name = "trace", .value = "on|off", .offset = FIELD(trace),
	  .help = "" },
	{ .type = OPTION_CHOICE, .name = "unload-all", .offset = FIELD(action), .choice = 1,
	  .help = "" },
	{ .type = OPTION_CHOICE_ID, .letter = 'U', .name = "unload", .value = "[ID]",
	  .offset = FIELD(action), .id_offset = FIELD(id), .choice = 2, .help = "" },
	{ .type = OPTION_FLAG, .letter = 'F', .name = "force", .offset = FIELD(force),
	  .only_with = 6, .help = "" },
	OPTIONS_COMMON(struct fuzz_opts),
};
/* clang-format on */

static const struct option_table table = {
	.tool = "fuzz",
	.usage = "",
	.about = "",
	.defs = defs,
	.count = sizeof(defs) / sizeof(defs[0]),
	.main_offset = FIELD(action),
};

static unsigned int messages;

static void take(void *context, const char *message)
{
	(void)context;
	messages += *message != '\0';
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_init("fuzz", LOG_NORMAL);
	log_divert(take, NULL);
	stdout = fopen("/dev/null", "w"); /* for --help */
	return 0;
}

static void check_filled(const struct fuzz_opts *opts)
{
	size_t i;

	must(!opts->device || *opts->device, "a string has something in it");
	for (i = 0; i < opts->devices.count; i++)
		must(*opts->devices.values[i], "so has each of a list");
	must(opts->seconds >= OPTION_MIN_SECONDS && opts->seconds <= OPTION_MAX_SECONDS,
	     "seconds are in bounds");
	must(opts->mode <= 0777 && (!opts->mode || opts->mode & 0400), "the owner may read");
	must(opts->action >= 0 && opts->action <= 2, "the action is one of the table's");
	must(!opts->mode || !opts->action, "--pin-mode goes with no other action");
	must(!opts->force || opts->action, "--force goes with the others");
	must(!opts->id || opts->action == 2, "an ID goes with --unload");
	must(opts->verbosity >= LOG_QUIET && opts->verbosity <= LOG_VERBOSE, "the level is one");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_opts opts = { .seconds = 1 };
	struct fuzz_words words;
	int code = -1;

	fuzz_split(&words, data, size);
	optind = 0; /* getopt begins again */
	messages = 0;
	if (options_parse(&table, words.count, words.words, &opts, &code))
		check_filled(&opts);
	else
		must(code == EXIT_OK || (code == EXIT_USAGE && messages), "refused with a message");
	free(opts.devices.values);
	free(words.text);
	return 0;
}
