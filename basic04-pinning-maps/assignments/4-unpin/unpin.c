// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* unpin -d DEVICE [--maps-only | --programs-only]: removes what is pinned for a device, and leaves
 * what is attached to it alone.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpffs.h"
#include "device.h"
#include "exit_codes.h"
#include "log.h"
#include "options.h"
#include "pin_dir.h"

struct unpin_opts {
	const char *device;
	bool maps_only, programs_only;
	int verbosity;
};

#define FIELD(field_) offsetof(struct unpin_opts, field_)

/* clang-format off */
static const struct option_def option_defs[] = {
	{ .type = OPTION_STRING, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(device), .help = "the device whose pins to remove" },
	{ .type = OPTION_FLAG, .name = "maps-only",
	  .offset = FIELD(maps_only), .help = "remove the pins of maps only" },
	{ .type = OPTION_FLAG, .name = "programs-only",
	  .offset = FIELD(programs_only), .help = "remove the pins of programs only" },
	OPTIONS_COMMON(struct unpin_opts),
};
/* clang-format on */

static const struct option_table option_table = {
	.tool = "unpin",
	.usage = "unpin -d IF [--maps-only | --programs-only]",
	.about = "Removes what is pinned for a device, and leaves its program running.",
	.notes = "Exit codes: 0 done, 2 wrong usage, 40 BPF.",
	.defs = option_defs,
	.count = sizeof(option_defs) / sizeof(option_defs[0]),
};

static int check_opts(const struct unpin_opts *opts)
{
	if (opts->device)
		return device_check_name(opts->device);
	log_error("which device? Give --dev");
	return -EINVAL;
}

static int remove_entries(const char *path)
{
	struct dirent *entry;
	int err = 0;
	DIR *folder;

	folder = opendir(path);
	if (!folder)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(folder)))
		if (entry->d_type != DT_DIR && unlinkat(dirfd(folder), entry->d_name, 0))
			err = -errno;
	closedir(folder);
	return err;
}

static int unpin(const struct unpin_opts *opts)
{
	char programs[PATH_MAX + sizeof("/programs")];
	struct pin_dir dir;
	int err = pin_dir_init(&dir, BPFFS_PATH, NULL, opts->device);

	if (err)
		return err;
	snprintf(programs, sizeof(programs), "%s/programs", dir.path);
	err = remove_entries(programs);
	if (!err)
		err = remove_entries(dir.path);
	if (err)
		log_error("could not empty %s: %s", dir.path, strerror(-err));
	return err;
}

int main(int argc, char **argv)
{
	struct unpin_opts opts = { 0 };
	int code;

	log_init(option_table.tool, LOG_NORMAL);
	if (!options_parse(&option_table, argc, argv, &opts, &code))
		return code;
	log_init(option_table.tool, opts.verbosity);
	if (check_opts(&opts))
		return EXIT_USAGE;
	return unpin(&opts) ? EXIT_BPF : EXIT_OK;
}
