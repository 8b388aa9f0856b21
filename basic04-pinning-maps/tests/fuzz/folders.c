// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names that are found in the pin directory: whatever somebody has made there is passed over, and
 * what a reader opens lies below the base. A name that begins with '>' is made as a symlink.
 */
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "log.h"
#include "pin_dir.h"
#include "stats_set.h"

static char base[] = "/tmp/fuzz-folders.XXXXXX";

static void forget(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static void remove_base(void)
{
	rmdir(base);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_init("fuzz", LOG_QUIET);
	log_divert(forget, NULL);
	must(mkdtemp(base), "there is a folder to work in");
	return atexit(remove_base);
}

/* False: the kernel takes no such name, or not here. */
static bool make(char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", base, *name == '>' ? name + 1 : name) >=
		    (int)sizeof(path) ||
	    strchr(name, '/'))
		return false;
	return *name == '>' ? !symlink(name, path) : !mkdir(path, 0700);
}

static void unmake(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", base, *name == '>' ? name + 1 : name);
	must(!(*name == '>' ? unlink(path) : rmdir(path)), "what was made is there still");
}

static void look(const char *netns)
{
	struct stats_set set;
	size_t i;

	if (!stats_set_open(&set, true) && !stats_set_add_all(&set, base, netns))
		for (i = 0; i < set.count; i++)
			must(!strncmp(set.devices[i]->watch.path, base, strlen(base)) &&
				     !strstr(set.devices[i]->watch.path, ".."),
			     "a device's path lies below the base");
	stats_set_close(&set);
}

static void read_pins(void)
{
	struct pin_list list;
	struct pin_dir dir;

	/* The base itself, as if it were a device's. */
	if (pin_dir_init(&dir, "/tmp", NULL, "fuzz"))
		return;
	strcpy(dir.path, base);
	pin_list_read(&dir, PIN_LIVE, &list);
	pin_list_close(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_words words;
	bool made[FUZZ_WORDS];
	int i;

	fuzz_split(&words, data, size);
	for (i = 0; i < words.count; i++)
		made[i] = make(words.words[i]);
	look(NULL);
	if (strlen(words.words[0]) < 200)
		look(words.words[0]);
	read_pins();
	for (i = words.count - 1; i >= 0; i--)
		if (made[i])
			unmake(words.words[i]);
	free(words.text);
	return 0;
}
