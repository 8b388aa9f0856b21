// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The writer: attaches an XDP program to a device and pins its maps, for readers to find. */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action.h"
#include "bpffs.h"
#include "clean.h"
#include "device.h"
#include "exit_codes.h"
#include "features_print.h"
#include "json_line.h"
#include "list.h"
#include "log.h"
#include "options.h"
#include "output.h"
#include "reload.h"
#include "reload_print.h"
#include "xdp_prog_kern.skel.h"
#include "xdp_prog_kern_frags.skel.h"

enum loader_action { LOAD, UNLOAD, UNLOAD_ALL, LIST, PIN, UNPIN, CLEAN, FEATURES, PROGRAMS };
enum loader_what { EVERYTHING, MAPS_ONLY, PROGRAMS_ONLY };

struct loader_opts {
	const char *device;
	const char *netns;
	const char *pin_base;
	const char *filename;
	struct object_choice choice;
	struct option_list variables;
	const char *pin_path;
	int action;
	int what; /* to unpin */
	int mode;
	unsigned int unload_id; /* 0: ours */
	bool force;
	bool reuse_maps;
	bool direct;
	struct attach_order order;
	const char *actions;
	bool json;
	double lock_timeout; /* seconds */
	mode_t pin_mode;     /* 0: not given */
	const char *pin_group;
	int verbosity;
};

#define FIELD(name_) offsetof(struct loader_opts, name_)
#define WITH(action_) (1U << (action_))
#define CHANGES (~(WITH(LIST) | WITH(FEATURES) | WITH(PROGRAMS)))

/* clang-format off */
static const struct option_def option_defs[] = {
	{ .group = "What to do (default: load)",
	  .type = OPTION_CHOICE_ID, .letter = 'U', .name = "unload", .value = "[ID]",
	  .offset = FIELD(action), .id_offset = FIELD(unload_id), .choice = UNLOAD,
	  .help = "unload program ID (default: the one that xdp_loader\n"
		  "                             attached)" },
	{ .type = OPTION_CHOICE, .name = "unload-all",
	  .offset = FIELD(action), .choice = UNLOAD_ALL,
	  .help = "unload every program, remove every pin (needs\n"
		  "                             --force if others attached a program)" },
	{ .type = OPTION_CHOICE, .name = "unpin",
	  .offset = FIELD(action), .choice = UNPIN,
	  .help = "remove pins, leave the program attached" },
	{ .type = OPTION_CHOICE, .name = "pin",
	  .offset = FIELD(action), .choice = PIN,
	  .help = "restore missing pins of the attached program" },
	{ .type = OPTION_CHOICE, .name = "clean",
	  .offset = FIELD(action), .choice = CLEAN,
	  .help = "remove the pins of all devices that are gone" },
	{ .type = OPTION_CHOICE, .name = "list",
	  .offset = FIELD(action), .choice = LIST,
	  .help = "list what is attached and pinned, by any tool" },
	{ .type = OPTION_CHOICE, .name = "features",
	  .offset = FIELD(action), .choice = FEATURES,
	  .help = "show what the device's driver can do with XDP" },
	{ .type = OPTION_CHOICE, .name = "programs",
	  .offset = FIELD(action), .choice = PROGRAMS,
	  .help = "list the object's programs, with their sections" },
	{ .type = OPTION_FLAG, .name = "json",
	  .offset = FIELD(json), .only_with = WITH(LIST) | WITH(FEATURES),
	  .help = "with --list or --features: JSON, a line per device" },
	{ .group = "What to load",
	  .type = OPTION_STRING, .name = "filename", .value = "FILE",
	  .offset = FIELD(filename), .only_with = WITH(LOAD) | WITH(PROGRAMS),
	  .help = "BPF object file (default: the built-in one)" },
	{ .type = OPTION_STRING, .name = "progname", .value = "NAME",
	  .offset = FIELD(choice.program), .only_with = WITH(LOAD),
	  .help = "program in that file, whatever its section\n"
		  "                             (default: the first XDP program)" },
	{ .type = OPTION_STRING, .letter = 's', .name = "section", .value = "NAME",
	  .offset = FIELD(choice.section), .only_with = WITH(LOAD),
	  .help = "the first program of that section" },
	{ .type = OPTION_LIST, .name = "set", .value = "NAME=VALUE",
	  .offset = FIELD(variables), .only_with = WITH(LOAD),
	  .help = "value of a global variable; may be repeated" },
	{ .group = "How to attach",
	  .type = OPTION_CHOICE, .letter = 'N', .name = "native-mode",
	  .offset = FIELD(mode), .choice = ATTACH_NATIVE, .only_with = WITH(LOAD),
	  .help = "attach in native mode (default)" },
	{ .type = OPTION_CHOICE, .letter = 'S', .name = "skb-mode",
	  .offset = FIELD(mode), .choice = ATTACH_SKB, .only_with = WITH(LOAD),
	  .help = "attach in skb (generic) mode" },
	{ .type = OPTION_CHOICE, .letter = 'A', .name = "auto-mode",
	  .offset = FIELD(mode), .choice = ATTACH_AUTO, .only_with = WITH(LOAD),
	  .help = "attach in native mode, or in skb mode if that fails" },
	{ .type = OPTION_FLAG, .name = "direct",
	  .offset = FIELD(direct), .only_with = WITH(LOAD),
	  .help = "attach without libxdp's dispatcher" },
	{ .type = OPTION_COUNT, .name = "prio", .value = "N",
	  .offset = FIELD(order.priority), .only_with = WITH(LOAD),
	  .help = "priority in libxdp's dispatcher: the lowest runs\n"
		  "                             first (default: as the object says, else 50)" },
	{ .type = OPTION_STRING, .name = "actions", .value = "LIST",
	  .offset = FIELD(actions), .only_with = WITH(LOAD),
	  .help = "actions after which the dispatcher calls the next\n"
		  "                             program, such as pass,drop (default: as the\n"
		  "                             object says, else pass)" },
	{ .type = OPTION_FLAG, .letter = 'F', .name = "force",
	  .offset = FIELD(force),
	  .only_with = CHANGES,
	  .help = "replace or detach programs that others attached;\n"
		  "                             more about it below" },
	{ .group = "Maps and pins",
	  .type = OPTION_FLAG, .letter = 'M', .name = "reuse-maps",
	  .offset = FIELD(reuse_maps), .only_with = WITH(LOAD),
	  .help = "reuse pinned maps: counters are kept" },
	{ .type = OPTION_STRING, .name = "pin-path", .value = "DIR",
	  .offset = FIELD(pin_path), .only_with = WITH(LOAD),
	  .help = "where to pin maps that ask for it (by\n"
		  "                             LIBBPF_PIN_BY_NAME); devices can share them" },
	{ .type = OPTION_MODE, .name = "pin-mode", .value = "MODE",
	  .offset = FIELD(pin_mode),
	  .only_with = WITH(LOAD) | WITH(PIN),
	  .help = "file mode of the maps' pins (default: 0600)" },
	{ .type = OPTION_STRING, .name = "pin-group", .value = "GROUP",
	  .offset = FIELD(pin_group),
	  .only_with = WITH(LOAD) | WITH(PIN),
	  .help = "group of the maps' pins (needs --pin-mode)" },
	{ .type = OPTION_CHOICE, .name = "maps-only",
	  .offset = FIELD(what), .choice = MAPS_ONLY, .only_with = WITH(UNPIN),
	  .help = "with --unpin: remove the pins of maps only" },
	{ .type = OPTION_CHOICE, .name = "programs-only",
	  .offset = FIELD(what), .choice = PROGRAMS_ONLY, .only_with = WITH(UNPIN),
	  .help = "with --unpin: remove the pins of programs only" },
	{ .group = "Where",
	  .type = OPTION_STRING, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(device), .only_with = ~WITH(PROGRAMS),
	  .help = "network device (required except with --list,\n"
		  "                             --clean and --programs)" },
	{ .type = OPTION_STRING, .name = "netns", .value = "NAME",
	  .offset = FIELD(netns), .only_with = ~WITH(PROGRAMS),
	  .help = "network namespace of the device" },
	{ .type = OPTION_STRING, .name = "pin-base", .value = "DIR",
	  .offset = FIELD(pin_base), .only_with = ~(WITH(FEATURES) | WITH(PROGRAMS)),
	  .help = "directory of the pins (default: " BPFFS_PATH ")" },
	{ .type = OPTION_SECONDS, .name = "lock-timeout", .value = "SECONDS",
	  .offset = FIELD(lock_timeout),
	  .only_with = CHANGES,
	  .help = "how long to wait for another loader's lock\n"
		  "                             (default: 10)" },
	OPTIONS_COMMON(struct loader_opts),
};
/* clang-format on */

static const struct option_table option_table = {
	.tool = "xdp_loader",
	.usage = "xdp_loader -d IF [OPTION]...\n"
		 "       xdp_loader -d IF --unload [ID] | --unload-all | --pin | --unpin\n"
		 "       xdp_loader [-d IF] --list\n"
		 "       xdp_loader -d IF --features\n"
		 "       xdp_loader --clean\n"
		 "       xdp_loader --programs [--filename FILE]",
	.about = "Attaches an XDP program to a network device and pins its maps. It replaces the\n"
		 "program that it attached before. xdp_stats shows what the program counts.",
	.notes = "--reuse-maps fails if a pinned map differs from the object's (with --force, a\n"
		 "new map takes its place), or if the program that uses the map is no longer\n"
		 "attached (with --force, the map and its counts are reused all the same).\n"
		 "--force also takes over another device's pins.\n"
		 "Built-in programs: xdp_pass_func (default), xdp_drop_func, xdp_abort_func,\n"
		 "xdp_tx_func. Pins: " BPFFS_PATH "/IF/MAP and " BPFFS_PATH
		 "/IF/programs/PROGRAM;\n"
		 "a '.' in a name becomes '_'. The link IF/owner names the device they belong to.\n"
		 "Exit codes: 0 done, 1 failed, 2 wrong usage, 30 attach or detach failed,\n"
		 "40 a load failed, or a map or pin cannot be used.\n"
		 "\n"
		 "Examples:\n"
		 "  xdp_loader -d eth0                        # attach, count every packet\n"
		 "  xdp_loader -d eth0 -M --filename fw.o     # your program; counters are kept\n"
		 "  xdp_loader -d eth0 --unload               # detach it, remove its pins",
	.defs = option_defs,
	.count = sizeof(option_defs) / sizeof(option_defs[0]),
	.main_offset = FIELD(action),
};

/* Of a group's name, or of its number. */
static int find_group(const char *name, gid_t *gid)
{
	const struct group *group = getgrnam(name);
	unsigned int number;

	if (group)
		*gid = group->gr_gid;
	else if (!options_parse_u32(name, &number))
		*gid = number;
	else {
		log_error("could not find group %s: see 'getent group' for those there are", name);
		return -ENOENT;
	}
	return 0;
}

static int check_variables(const struct option_list *texts)
{
	size_t i, j;

	for (i = 0; i < texts->count; i++) {
		size_t length = strcspn(texts->values[i], "=");

		if (!texts->values[i][length]) {
			log_error("--set %s has no value: give --set NAME=VALUE; see xdp_loader "
				  "--help",
				  texts->values[i]);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (strncmp(texts->values[j], texts->values[i], length + 1))
				continue;
			log_error("--set gives %.*s two values: give one; see xdp_loader --help",
				  (int)length, texts->values[i]);
			return -EINVAL;
		}
	}
	return 0;
}

static int check_opts(struct loader_opts *opts)
{
	if (opts->device && opts->action == CLEAN) {
		log_error("--clean is about all devices: leave --dev out; 'xdp_loader -d %s "
			  "--unpin' removes the pins of one; see xdp_loader --help",
			  opts->device);
		return -EINVAL;
	}
	if (!opts->device && opts->action != LIST && opts->action != CLEAN &&
	    opts->action != PROGRAMS) {
		log_error("which device? Give --dev; see xdp_loader --help");
		return -EINVAL;
	}
	if (opts->device && device_check_name(opts->device))
		return -EINVAL;
	if (opts->pin_group && !opts->pin_mode) {
		log_error("--pin-group goes with --pin-mode, as in --pin-mode 0640; see xdp_loader "
			  "--help");
		return -EINVAL;
	}
	opts->order.sets_actions = opts->actions;
	if (opts->actions && action_parse_list(opts->actions, &opts->order.goes_on_after))
		return -EINVAL;
	if (opts->json && json_line_check())
		return -EINVAL;
	if (check_variables(&opts->variables))
		return -EINVAL;
	return opts->netns ? device_check_netns(opts->netns) : 0;
}

/* Jumbo frames reach the program, and count all their bytes, if the kernel has multi-buffer XDP. */
static void use_built_in(struct object_image *image)
{
	image->name = "xdp_prog_kern.o (built in)";
	image->bytes = xdp_prog_kern__elf_bytes(&image->size);
	image->frags_bytes = xdp_prog_kern_frags__elf_bytes(&image->frags_size);
}

static int find_image(struct object_image *image, const struct loader_opts *opts)
{
	*image = (struct object_image){ 0 };
	if (opts->filename)
		return object_read_file(image, opts->filename);
	use_built_in(image);
	return 0;
}

static int run_programs(const struct loader_opts *opts)
{
	struct object_image image;
	int err = find_image(&image, opts);

	if (err)
		return EXIT_BPF;
	err = object_choice_print(&image);
	if (opts->filename)
		free((void *)image.bytes);
	return err ? EXIT_BPF : EXIT_OK;
}

static int run_load(struct reload *reload, const struct loader_opts *opts)
{
	struct object_image image;
	struct reload_report report;
	const struct reload_load load = {
		.image = &image,
		.choice = opts->choice,
		.variables = opts->variables.values,
		.variable_count = opts->variables.count,
		.share = opts->pin_path,
		.mode = opts->mode,
		.direct = opts->direct,
		.order = opts->order,
		.force = opts->force,
		.reuse_maps = opts->reuse_maps,
	};
	int code;

	if (find_image(&image, opts))
		return EXIT_BPF;
	code = reload_load(reload, &load, &report);
	if (opts->filename)
		free((void *)image.bytes);
	if (!code && !report.attached.dispatcher && (opts->order.priority || opts->actions))
		log_warn("--prio and --actions had no effect: %s was attached directly, and not by "
			 "libxdp's dispatcher",
			 report.program);
	if (!code && opts->verbosity >= LOG_NORMAL)
		reload_print_load(reload, &report);
	return code;
}

static int run_removal(struct reload *reload, const struct loader_opts *opts)
{
	struct reload_report report;
	int code;

	code = opts->action == UNLOAD ?
		       reload_unload(reload, opts->unload_id, opts->force, &report) :
	       opts->action == UNLOAD_ALL ?
		       reload_unload_all(reload, opts->force, &report) :
		       reload_unpin(reload, opts->what != PROGRAMS_ONLY, opts->what != MAPS_ONLY,
				    opts->force, &report);
	if (!code && opts->verbosity >= LOG_NORMAL)
		reload_print_removal(reload, &report);
	return code;
}

static int run_list(const struct loader_opts *opts)
{
	int err = opts->device ?
			  list_device(opts->pin_base, opts->netns, opts->device, opts->json) :
			  list_all(opts->pin_base, opts->netns, opts->json);

	return err ? EXIT_BPF : EXIT_OK;
}

static int run_pin(struct reload *reload, const struct loader_opts *opts)
{
	struct reload_report report;
	int code = reload_pin(reload, opts->force, &report);

	if (!code && opts->verbosity >= LOG_NORMAL)
		reload_print_pinned(reload, &report);
	return code;
}

static int run_clean(const struct loader_opts *opts)
{
	const struct clean clean = { .base = opts->pin_base,
				     .netns = opts->netns,
				     .lock_timeout_ms = (int)(opts->lock_timeout * 1000),
				     .force = opts->force,
				     .quiet = opts->verbosity < LOG_NORMAL };

	return clean_all(&clean);
}

/* Pins outlive devices, and network namespaces too. */
static bool is_lost_netns(const struct loader_opts *opts)
{
	return opts->action == UNPIN && opts->netns && !device_has_netns(opts->netns);
}

static int run(const struct loader_opts *opts)
{
	struct reload reload = { .lock_timeout_ms = (int)(opts->lock_timeout * 1000),
				 .netns_is_gone = is_lost_netns(opts) };
	char device[IF_NAMESIZE];

	if (opts->netns && !reload.netns_is_gone && device_enter_netns(opts->netns))
		return EXIT_FAILED;
	if (opts->action == PROGRAMS)
		return run_programs(opts);
	if (opts->action == LIST)
		return run_list(opts);
	if (opts->action == CLEAN)
		return run_clean(opts);
	if (opts->action == FEATURES)
		return features_print(opts->netns, opts->device, opts->json) ? EXIT_FAILED :
									       EXIT_OK;
	snprintf(device, sizeof(device), "%s", opts->device);
	if (!reload.netns_is_gone)
		reload.ifindex = device_find(opts->device, device);
	if (reload.ifindex < 0 || pin_dir_init(&reload.dir, opts->pin_base, opts->netns, device))
		return EXIT_FAILED;
	if (reload.netns_is_gone && access(reload.dir.path, F_OK) &&
	    device_enter_netns(opts->netns))
		return EXIT_FAILED;
	reload.dir.access.mode = opts->pin_mode;
	if (opts->pin_group && find_group(opts->pin_group, &reload.dir.access.gid))
		return EXIT_FAILED;
	if (opts->action != UNPIN && !reload.ifindex && device_index(opts->device, opts->netns) < 0)
		return EXIT_FAILED;
	return opts->action == LOAD ? run_load(&reload, opts) :
	       opts->action == PIN  ? run_pin(&reload, opts) :
				      run_removal(&reload, opts);
}

int main(int argc, char **argv)
{
	struct loader_opts opts = {
		.pin_base = BPFFS_PATH,
		.mode = ATTACH_NATIVE,
		.lock_timeout = 10,
	};

	int code;

	log_init(option_table.tool, LOG_NORMAL);
	if (output_begin())
		return EXIT_FAILED;
	if (!options_parse(&option_table, argc, argv, &opts, &code))
		return code;
	log_init(option_table.tool, opts.verbosity);
	if (check_opts(&opts))
		return EXIT_USAGE;
	code = output_end(run(&opts));
	free(opts.variables.values);
	return code;
}
