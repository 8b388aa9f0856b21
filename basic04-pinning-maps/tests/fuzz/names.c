// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names from the command line: what is taken for one makes a path that stays below the base. */
#include "device.h"
#include "fuzz.h"
#include "log.h"
#include "pin_dir.h"

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
	return 0;
}

/* Exactly so many folders below @base, none of which leads out of it. */
static void check_below(const char *path, const char *base, int folders)
{
	const char *rest = path + strlen(base), *c;
	int slashes = 0;

	must(!strncmp(path, base, strlen(base)), "a path begins with the base");
	for (c = rest; *c; c++)
		slashes += *c == '/';
	must(slashes == folders, "a name is one folder");
	must(!strchr(rest, '.'), "no dot is left, so no '..'");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *base, *netns, *device, *map;
	char path[PATH_MAX];
	struct fuzz_words words;
	struct pin_dir dir;
	bool valid;

	fuzz_split(&words, data, size);
	device = words.words[0];
	netns = words.count > 1 ? words.words[1] : NULL;
	base = words.count > 2 ? words.words[2] : BPFFS_PATH;
	map = words.count > 3 ? words.words[3] : "xdp_stats_map";

	messages = 0;
	valid = !device_check_name(device) && (!netns || !device_check_netns(netns));
	must(valid != (messages > 0), "a name is refused with a message, and else there is none");
	if (valid && !pin_dir_init(&dir, base, netns, device)) {
		must(strlen(dir.path) < sizeof(dir.path), "a path fits");
		check_below(dir.path, base, netns ? 2 : 1);
		if (!strchr(map, '/') && !pin_dir_map_path(&dir, map, path, sizeof(path)))
			check_below(path, dir.path, 1);
	}
	free(words.text);
	return 0;
}
