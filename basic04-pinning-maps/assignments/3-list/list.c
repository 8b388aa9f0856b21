// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* list DEVICE: prints what is pinned for a device, a line a pin. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "exit_codes.h"
#include "log.h"

struct list {
	const char *device;
	char maps[PATH_MAX]; /* the folder of its maps */
	unsigned int count;  /* of what was printed */
};

static int init(struct list *list, const char *device)
{
	*list = (struct list){ .device = device };
	snprintf(list->maps, sizeof(list->maps), "/sys/fs/bpf/%s", device);
	return device_check_name(device);
}

static void print_entry(struct list *list, const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, "programs") ||
	    !strcmp(name, "owner"))
		return;
	printf("map %s\n", name);
	list->count++;
}

static int print_maps(struct list *list)
{
	struct dirent *entry;
	DIR *folder = opendir(list->maps);

	if (!folder)
		return -errno;
	while ((entry = readdir(folder)))
		print_entry(list, entry->d_name);
	closedir(folder);
	return 0;
}

static int print_pins(struct list *list)
{
	int err = print_maps(list);

	if (err)
		log_error("could not read %s: %s", list->maps, strerror(-err));
	else if (!list->count)
		printf("nothing is pinned for %s\n", list->device);
	return err;
}

int main(int argc, char **argv)
{
	struct list list;

	log_init("list", LOG_NORMAL);
	if (argc != 2) {
		log_error("which device? Usage: list DEVICE");
		return EXIT_USAGE;
	}
	if (init(&list, argv[1]))
		return EXIT_USAGE;
	return print_pins(&list) ? EXIT_BPF : EXIT_OK;
}
