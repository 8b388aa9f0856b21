// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach.h"
#include "device.h"
#include "log.h"
#include "output.h"
#include "pin_dir.h"

/* Where a device is, and under which name its pins stand. */
struct place {
	const char *base;
	const char *netns; /* NULL: the one that the process is in */
	bool no_netns;	   /* there are pins of it, but it is gone */
};

static const char *liveness(bool live)
{
	return live ? "live" : "stale";
}

static bool map_is_live(const struct attach_hook *hook, __u32 id)
{
	size_t i;

	for (i = 0; i < hook->count; i++) {
		int fd = bpf_prog_get_fd_by_id(hook->ids[i]);
		struct pin_maps maps;
		bool uses = fd >= 0 && !pin_maps_read(fd, &maps) && pin_maps_have(&maps, id);

		if (fd >= 0)
			close(fd);
		if (uses)
			return true;
	}
	return false;
}

static void print_map(const struct pin *pin, const struct attach_hook *hook)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	const char *type;

	if (bpf_obj_get_info_by_fd(pin->fd, &info, &size))
		return;
	type = libbpf_bpf_map_type_str(info.type);
	output_print("  map      %-20s id %-6u %-14s key %u B, value %u B, %u entries  %s\n",
		     pin->name, info.id, type ? type : "?", info.key_size, info.value_size,
		     info.max_entries, liveness(map_is_live(hook, info.id)));
}

static void print_program(const struct pin *pin, const struct attach_hook *hook)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	const char *type;

	if (bpf_obj_get_info_by_fd(pin->fd, &info, &size))
		return;
	type = libbpf_bpf_prog_type_str(info.type);
	output_print("  program  %-20s id %-6u %-14s %u B translated, %u B native  %s\n", pin->name,
		     info.id, type ? type : "?", info.xlated_prog_len, info.jited_prog_len,
		     liveness(attach_hook_has(hook, info.id)));
}

static void print_header(const struct place *place, const char *device,
			 const struct attach_hook *hook)
{
	char name[BPF_OBJ_NAME_LEN];
	size_t i;

	output_print("%s%s%s: ", place->netns ? place->netns : "", place->netns ? "/" : "", device);
	if (place->no_netns)
		printf("no such network namespace");
	else if (!hook->ifindex)
		printf("no such device");
	else if (!hook->count)
		printf("no XDP program attached");
	for (i = 0; i < hook->count; i++)
		output_print("%s%s (id %u)", i ? ", " : "",
			     attach_program_name(hook->ids[i], name, sizeof(name)), hook->ids[i]);
	if (hook->count)
		printf(" attached in %s mode%s", attach_mode_name(hook->mode),
		       hook->dispatcher ? ", through libxdp" : "");
	putchar('\n');
}

/* A directory that is not there has none. */
static int read_pins(struct pin_dir *dir, struct pin_list *pins)
{
	int err = pin_dir_open(dir);

	*pins = (struct pin_list){ 0 };
	if (!err)
		err = pin_dir_read(dir, PIN_LIVE, pins);
	pin_dir_close(dir);
	return err == -ENOENT ? 0 : err;
}

static int print_place(const struct place *place, const char *device, bool even_if_empty)
{
	struct attach_hook hook = { .device = device };
	struct pin_list pins;
	struct pin_dir dir;
	int ifindex, err;
	size_t i;

	err = pin_dir_init(&dir, place->base, place->netns, device);
	if (err)
		return err;
	err = read_pins(&dir, &pins);
	ifindex = place->no_netns ? 0 : if_nametoindex(device);
	if (!err && ifindex)
		err = attach_query(&hook, device, ifindex);
	for (i = 0; i < pins.count && !even_if_empty; i++)
		even_if_empty = pins.pins[i].kind != PIN_OTHER;
	if (err || !even_if_empty)
		goto out;

	print_header(place, device, &hook);
	for (i = 0; i < pins.count; i++) {
		const struct pin *pin = &pins.pins[i];

		if (pin->kind == PIN_MAP)
			print_map(pin, &hook);
		else if (pin->kind == PIN_PROGRAM)
			print_program(pin, &hook);
		else
			output_print("  other    %-20s not ours\n", pin->name);
	}
	if (!pins.count)
		puts("  nothing is pinned");
out:
	pin_list_close(&pins);
	return err;
}

static bool runs_pinned(const struct place *place, const char *device)
{
	struct attach_hook hook;
	struct pin_list pins;
	struct pin_dir dir;
	bool runs;

	if (pin_dir_init(&dir, place->base, place->netns, device))
		return false;
	runs = !read_pins(&dir, &pins) && !attach_query(&hook, device, if_nametoindex(device)) &&
	       attach_find_own(&pins, &hook);
	pin_list_close(&pins);
	return runs;
}

int list_device(const char *base, const char *netns, const char *device)
{
	const struct place place = { .base = base, .netns = netns };
	char namesake[IF_NAMESIZE];
	int err = pin_dir_need_bpffs(base, false);

	if (err)
		return err;
	if (device_find_namesake(device, namesake) && runs_pinned(&place, namesake)) {
		output_print("%s: the pins that go by its name are those of %s\n", device,
			     namesake);
		device = namesake;
	}
	return print_place(&place, device, true);
}

/* The folders in @path, sorted; a folder that is not there has none. */
static int read_folders(const char *path, struct dirent ***entries)
{
	int count = scandir(path, entries, NULL, alphasort);

	if (count < 0 && errno != ENOENT) {
		count = -errno;
		log_error("could not read %s: %s%s", path, strerror(-count),
			  count == -EACCES ? "; run as root" : "");
		return count;
	}
	return count < 0 ? 0 : count;
}

static void free_folders(struct dirent **entries, int count)
{
	while (count-- > 0)
		free(entries[count]);
	free(entries);
}

/* Of two devices that go by one name the pins are those of the one that runs their program. Pins
 * of a device that is gone are listed under the folder's name.
 */
static int list_folder(const struct place *place, const char *pin_name)
{
	char device[IF_NAMESIZE], namesake[IF_NAMESIZE];

	if (strlen(pin_name) >= IF_NAMESIZE)
		return 0;
	if (place->no_netns || !device_find_pinned(pin_name, device))
		strcpy(device, pin_name);
	else if (device_find_namesake(device, namesake) && runs_pinned(place, namesake))
		strcpy(device, namesake);
	return print_place(place, device, false);
}

static int list_netns_folder(const char *base, const char *folder, const char *netns, bool enter)
{
	struct place place = { .base = base, .netns = netns };
	struct dirent **entries = NULL;
	char path[PATH_MAX];
	int count, i, err = 0;

	if (enter)
		place.no_netns = !device_has_netns(netns) || device_enter_netns(netns);
	snprintf(path, sizeof(path), "%s/%s", base, folder);
	count = read_folders(path, &entries);
	for (i = 0; i < count && !err; i++)
		if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.')
			err = list_folder(&place, entries[i]->d_name);
	free_folders(entries, count);
	return count < 0 ? count : err;
}

static bool is_netns_folder(const char *name)
{
	return !strncmp(name, PIN_DIR_NETNS_PREFIX, strlen(PIN_DIR_NETNS_PREFIX));
}

int list_all(const char *base, const char *netns)
{
	const struct place here = { .base = base };
	int count, i, err, own = -1;
	struct dirent **entries = NULL;
	char name[NAME_MAX + 1];

	err = pin_dir_need_bpffs(base, false);
	if (err)
		return err;
	if (netns) {
		snprintf(name, sizeof(name), PIN_DIR_NETNS_PREFIX "%s", netns);
		device_pin_name(name, name);
		return list_netns_folder(base, name, netns, false);
	}

	count = read_folders(base, &entries);
	own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < count; i++) {
		const char *folder = entries[i]->d_name, *netns_name;
		int one;

		if (entries[i]->d_type != DT_DIR || folder[0] == '.')
			continue;
		one = list_folder(&here, folder);
		err = err ? err : one;
		if (!is_netns_folder(folder))
			continue;
		netns_name = folder + strlen(PIN_DIR_NETNS_PREFIX);
		if (!device_find_netns(netns_name, "", name))
			strcpy(name, netns_name);
		one = list_netns_folder(base, folder, name, true);
		if (own < 0 || setns(own, CLONE_NEWNET))
			break;
		err = err ? err : one;
	}
	if (own >= 0)
		close(own);
	free_folders(entries, count);
	return count < 0 ? count : err;
}
