// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The control surface: writes what an XDP program reads for each packet into the map that is pinned
 * for it, and attaches the program where it is not there yet.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpffs.h"
#include "control_map.h"
#include "device.h"
#include "escape.h"
#include "exit_codes.h"
#include "json_line.h"
#include "log.h"
#include "map_user.h"
#include "maps_prog_kern.skel.h"
#include "maps_prog_kern_frags.skel.h"
#include "options.h"
#include "output.h"
#include "reload.h"
#include "reload_print.h"
#include "transaction.h"

enum ctl_action { CONTROL, GET, REMOVE };

struct ctl_opts {
	const char *device;
	const char *netns;
	const char *pin_base; /* NULL: the usual one */
	const char *map;
	int action;
	int mode;
	struct option_pair update;
	enum option_switch trace;
	bool force;
	bool json;
	double lock_timeout; /* seconds */
	int verbosity;
};

/* What there is to tell. */
struct ctl_state {
	const char *path; /* of the control map's pin */
	__u32 map_id;
	const struct reload_report *loaded; /* NULL: not looked at */
	bool updated;
	struct control_values found, values; /* before and after an update */
	struct control_trace trace;
	bool has_unequal;
	__u64 unequal;
};

#define FIELD(name_) offsetof(struct ctl_opts, name_)
#define WITH(action_) (1U << (action_))

/* clang-format off */
static const struct option_def option_defs[] = {
	{ .group = "What to do (default: load, and print the values)",
	  .type = OPTION_PAIR, .letter = 'u', .name = "update", .value = "V1 V2",
	  .offset = FIELD(update), .only_with = WITH(CONTROL),
	  .help = "write both values at once: decimal, or 0x..." },
	{ .type = OPTION_SWITCH, .name = "trace", .value = "on|off",
	  .offset = FIELD(trace), .only_with = WITH(CONTROL),
	  .help = "trace every packet, or none, to the kernel's trace\n"
		  "                             pipe; without --trace, -u traces the next 8" },
	{ .type = OPTION_CHOICE, .letter = 'g', .name = "get",
	  .offset = FIELD(action), .choice = GET,
	  .help = "print the values; neither load nor change anything" },
	{ .type = OPTION_CHOICE, .letter = 'r', .name = "remove",
	  .offset = FIELD(action), .choice = REMOVE,
	  .help = "detach our program and remove its pins" },
	{ .group = "How to attach",
	  .type = OPTION_CHOICE, .letter = 'N', .name = "native-mode",
	  .offset = FIELD(mode), .choice = ATTACH_NATIVE, .only_with = WITH(CONTROL),
	  .help = "attach in native mode" },
	{ .type = OPTION_CHOICE, .letter = 'S', .name = "skb-mode",
	  .offset = FIELD(mode), .choice = ATTACH_SKB, .only_with = WITH(CONTROL),
	  .help = "attach in skb (generic) mode" },
	{ .type = OPTION_CHOICE, .letter = 'A', .name = "auto-mode",
	  .offset = FIELD(mode), .choice = ATTACH_AUTO, .only_with = WITH(CONTROL),
	  .help = "attach in native mode, or in skb mode if that fails\n"
		  "                             (default)" },
	{ .type = OPTION_FLAG, .letter = 'F', .name = "force",
	  .offset = FIELD(force), .only_with = WITH(CONTROL),
	  .help = "replace others' programs; keep a map's counts even\n"
		  "                             if its program is no longer attached" },
	{ .group = "Where",
	  .type = OPTION_STRING, .letter = 'd', .name = "dev", .value = "IF",
	  .offset = FIELD(device),
	  .help = "device whose program to control" },
	{ .type = OPTION_STRING, .name = "map", .value = "PATH",
	  .offset = FIELD(map), .only_with = WITH(CONTROL) | WITH(GET),
	  .help = "path of any pinned control map; loads nothing" },
	{ .type = OPTION_STRING, .name = "netns", .value = "NAME",
	  .offset = FIELD(netns),
	  .help = "network namespace of the device" },
	{ .type = OPTION_STRING, .name = "pin-base", .value = "DIR",
	  .offset = FIELD(pin_base),
	  .help = "directory of the pins (default: " BPFFS_PATH ")" },
	{ .type = OPTION_SECONDS, .name = "lock-timeout", .value = "SECONDS",
	  .offset = FIELD(lock_timeout), .only_with = WITH(CONTROL) | WITH(REMOVE),
	  .help = "how long to wait for another loader's lock\n"
		  "                             (default: 10)" },
	{ .group = "Output",
	  .type = OPTION_FLAG, .name = "json",
	  .offset = FIELD(json), .only_with = WITH(CONTROL) | WITH(GET),
	  .help = "print one JSON object" },
	OPTIONS_COMMON(struct ctl_opts),
};
/* clang-format on */

static const struct option_table option_table = {
	.tool = "maps_ctl",
	.usage = "maps_ctl -d IF [-u V1 V2] [--trace on|off] [OPTION]...\n"
		 "       maps_ctl --map PATH [-u V1 V2] [--trace on|off] [OPTION]...\n"
		 "       maps_ctl {-d IF | --map PATH} --get [--json]\n"
		 "       maps_ctl -d IF --remove",
	.about = "Controls an XDP program through a pinned map: writes two values that the\n"
		 "program reads for each packet. With --dev, it first loads its built-in program\n"
		 "if that is not attached yet.",
	.notes = "Pins: " BPFFS_PATH "/IF/" MAPS_CONTROL_MAP_NAME
		 " and others beside it. 'xdp_loader --list'\n"
		 "lists them, and 'xdp_stats -d IF' shows what the program counts.\n"
		 "Exit codes: 0 done, 1 failed, 2 wrong usage, 30 attach or detach failed,\n"
		 "40 a load failed, or a map or pin cannot be used.\n"
		 "\n"
		 "Examples:\n"
		 "  maps_ctl -d eth0                          # load, print the values\n"
		 "  maps_ctl -d eth0 -u 7 0x10                # write both, in one step\n"
		 "  maps_ctl -d eth0 --remove                 # detach, remove the pins",
	.defs = option_defs,
	.count = sizeof(option_defs) / sizeof(option_defs[0]),
	.main_offset = FIELD(action),
};

static int check_opts(const struct ctl_opts *opts)
{
	if (!opts->device == !opts->map) {
		log_error("which program? Give either --dev or --map; see maps_ctl --help");
		return -EINVAL;
	}
	if (opts->map &&
	    (opts->mode != ATTACH_AUTO || opts->force || opts->netns || opts->pin_base)) {
		log_error("--map loads nothing: %s goes with --dev; see maps_ctl --help",
			  opts->netns	 ? "--netns" :
			  opts->pin_base ? "--pin-base" :
			  opts->force	 ? "--force" :
					   "--skb-mode or --native-mode");
		return -EINVAL;
	}
	if (opts->device && device_check_name(opts->device))
		return -EINVAL;
	if (opts->json && json_line_check())
		return -EINVAL;
	return opts->netns ? device_check_netns(opts->netns) : 0;
}

/* ---------------------------------------------------------------- what there is to tell */

static void print_values(const char *word, const struct control_values *values)
{
	printf("%s value1:%u value2:%u\n", word, values->value1, values->value2);
}

/* "on" or "off", or how many packets; and the same in words at the end of the line. */
static void print_trace(const struct ctl_state *state)
{
	const struct control_trace *trace = &state->trace;

	if (trace->next)
		printf("trace:%u", trace->next);
	else
		printf("trace:%s", trace->all ? "on" : "off");
	if (state->has_unequal)
		printf(" unequal:%llu", state->unequal);
	if (trace->next)
		printf(" (traces the next %u packet%s)\n", trace->next,
		       trace->next == 1 ? "" : "s");
	else
		printf(" (traces %s packet)\n", trace->all ? "every" : "no");
}

static void print_text(const struct ctl_state *state)
{
	const struct reload_report *loaded = state->loaded;

	if (loaded)
		output_print("(prog_info) id:%u name:%s mode:%s map:%s\n", loaded->attached.id,
			     loaded->program, attach_mode_name(loaded->attached.mode), state->path);
	if (state->updated) {
		print_values("found", &state->found);
		print_values("wrote", &state->values);
	} else {
		print_values("now", &state->values);
	}
	print_trace(state);
}

#ifdef HAVE_JSON
static struct json_object *json_of_values(const struct control_values *values)
{
	struct json_object *object = json_line_object();

	json_line_set(object, "value1", json_line_number(values->value1));
	json_line_set(object, "value2", json_line_number(values->value2));
	return object;
}

static struct json_object *json_of_program(const struct reload_report *loaded)
{
	struct json_object *object = json_line_object();

	json_line_set(object, "id", json_line_number(loaded->attached.id));
	json_line_set(object, "name", json_line_text(loaded->program));
	json_line_set(object, "mode", json_line_text(attach_mode_name(loaded->attached.mode)));
	return object;
}

static void print_json(const struct ctl_state *state)
{
	struct json_object *object = json_line_object();

	json_line_set(object, "schema", json_line_number(2));
	json_line_set(object, "pin", json_line_text(state->path));
	json_line_set(object, "map_id", json_line_number(state->map_id));
	json_line_set(object, "program", state->loaded ? json_of_program(state->loaded) : NULL);
	json_line_set(object, "found", state->updated ? json_of_values(&state->found) : NULL);
	json_line_set(object, "values", json_of_values(&state->values));
	json_line_set(object, "trace", json_line_bool(state->trace.all));
	json_line_set(object, "trace_next", json_line_number(state->trace.next));
	json_line_set(object, "unequal",
		      state->has_unequal ? json_line_number(state->unequal) : NULL);
	json_line_print(object);
}
#else
static void print_json(const struct ctl_state *state)
{
	(void)state; /* check_opts() has refused it */
}
#endif

/* ---------------------------------------------------------------- what is done */

static void say_not_pinned(const struct ctl_opts *opts, const char *path)
{
	if (opts->map)
		log_error("could not open %s: nothing is pinned there; give the path of a pinned "
			  "control map",
			  path);
	else
		log_error("could not open %s: nothing is pinned there; 'maps_ctl%s%s%s%s -d %s' "
			  "loads the program",
			  path, opts->netns ? " --netns " : "", opts->netns ? opts->netns : "",
			  opts->pin_base ? " --pin-base " : "",
			  opts->pin_base ? opts->pin_base : "", opts->device);
}

/* After an update the first packets of the new values are traced, unless --trace has a say. */
static int write_trace(const struct control_map *map, const struct ctl_opts *opts,
		       struct control_trace *trace)
{
	if (opts->trace != OPTION_NOT_GIVEN)
		*trace = (struct control_trace){ .all = opts->trace == OPTION_ON };
	else if (opts->update.given && !trace->all)
		trace->next = MAPS_TRACE_BUDGET;
	else
		return 0;
	return control_map_write_trace(map, trace);
}

/* Reads the map, and where that is asked for writes it: all that can be wrong with the options was
 * found before.
 */
static int control(const struct ctl_opts *opts, struct ctl_state *state)
{
	const bool writes = opts->update.given || opts->trace != OPTION_NOT_GIVEN;
	struct control_map map;
	int err = control_map_open(&map, state->path, writes ? MAP_PIN_WRITE : MAP_PIN_READ);

	if (err == -ENOENT)
		say_not_pinned(opts, state->path);
	state->map_id = map.id;
	if (!err)
		err = control_map_read(&map, &state->values);
	if (!err)
		err = control_map_read_trace(&map, &state->trace);
	if (!err && opts->update.given) {
		state->updated = true;
		state->found = state->values;
		state->values = (struct control_values){ opts->update.values[0],
							 opts->update.values[1] };
		err = control_map_write(&map, &state->values);
	}
	if (!err)
		err = write_trace(&map, opts, &state->trace);
	control_map_close(&map);
	return err;
}

static void tell(const struct ctl_opts *opts, const struct ctl_state *state)
{
	if (opts->json)
		print_json(state);
	else if (opts->verbosity >= LOG_NORMAL || opts->action == GET)
		print_text(state);
}

/* The device's own maps: the one that is controlled, and the one that its program counts in,
 * without which there is less to tell.
 */
static int control_device(const struct pin_dir *dir, const struct ctl_opts *opts,
			  const struct reload_report *loaded)
{
	struct ctl_state state = { .loaded = loaded };
	char path[PATH_MAX], unequal[PATH_MAX];
	int err = pin_dir_map_path(dir, MAPS_CONTROL_MAP_NAME, path, sizeof(path));

	if (!err)
		err = pin_dir_map_path(dir, MAPS_UNEQUAL_MAP_NAME, unequal, sizeof(unequal));
	if (err)
		return err;
	state.path = path;
	err = control(opts, &state);
	if (err)
		return err;
	state.has_unequal = !control_map_read_unequal(unequal, &state.unequal);
	tell(opts, &state);
	return 0;
}

/* In one transaction: nobody replaces the map before it is written. */
static int load_and_control(struct reload *reload, const struct ctl_opts *opts)
{
	struct object_image image = { .name = "maps_prog_kern.o (built in)" };
	const struct reload_load load = {
		.image = &image,
		.mode = opts->mode,
		.force = opts->force,
		.reuse_maps = true, /* values outlive the program */
	};
	struct transaction transaction;
	struct reload_report report;
	int code;

	image.bytes = maps_prog_kern__elf_bytes(&image.size);
	image.frags_bytes = maps_prog_kern_frags__elf_bytes(&image.frags_size);
	code = transaction_begin(reload, &transaction, opts->force);
	if (code)
		return code;
	code = map_user_require(&transaction, &load, MAPS_CONTROL_MAP_NAME, &report);
	if (!code && control_device(&reload->dir, opts, &report))
		code = EXIT_BPF;
	transaction_end(&transaction);
	return code;
}

static int remove_own(struct reload *reload, const struct ctl_opts *opts)
{
	struct transaction transaction;
	struct reload_report report;
	int code = transaction_begin(reload, &transaction, false);

	if (code)
		return code;
	code = map_user_remove(&transaction, MAPS_CONTROL_MAP_NAME, &report);
	transaction_end(&transaction);
	if (!code && opts->verbosity >= LOG_NORMAL)
		reload_print_removal(reload, &report);
	return code;
}

static int run_on_map(const struct ctl_opts *opts)
{
	struct ctl_state state = { .path = opts->map };

	if (control(opts, &state))
		return EXIT_BPF;
	tell(opts, &state);
	return EXIT_OK;
}

/* Of pins, which are no network namespace's. */
static int get_from_device(struct pin_dir *dir, const struct ctl_opts *opts, int ifindex)
{
	struct owner owner;
	int err = bpffs_need(dir->base);

	if (!err && ifindex)
		err = pin_dir_set_device(dir, ifindex);
	if (!err)
		pin_dir_find(dir, &owner); /* if it fails, opening the pin says why */
	return err || control_device(dir, opts, NULL) ? EXIT_BPF : EXIT_OK;
}

static int run_on_device(const struct ctl_opts *opts)
{
	struct reload reload = { .lock_timeout_ms = (int)(opts->lock_timeout * 1000) };
	const char *base = opts->pin_base ? opts->pin_base : BPFFS_PATH;
	bool enters = opts->netns && opts->action != GET;
	char device[IF_NAMESIZE];

	if (enters && device_enter_netns(opts->netns))
		return EXIT_FAILED;
	snprintf(device, sizeof(device), "%s", opts->device);
	if (enters || !opts->netns)
		reload.ifindex = device_find(opts->device, device);
	if (reload.ifindex < 0 || pin_dir_init(&reload.dir, base, opts->netns, device))
		return EXIT_FAILED;
	if (opts->action == GET)
		return get_from_device(&reload.dir, opts, reload.ifindex);
	/* Pins outlive devices. */
	if (!reload.ifindex && (opts->action != REMOVE || access(reload.dir.path, F_OK)) &&
	    device_index(opts->device, opts->netns) < 0)
		return EXIT_FAILED;
	return opts->action == REMOVE ? remove_own(&reload, opts) : load_and_control(&reload, opts);
}

int main(int argc, char **argv)
{
	struct ctl_opts opts = {
		.mode = ATTACH_AUTO,
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
	return output_end(opts.map ? run_on_map(&opts) : run_on_device(&opts));
}
