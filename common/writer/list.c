// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach.h"
#include "bpf_info.h"
#include "bpffs.h"
#include "device.h"
#include "folder.h"
#include "log.h"
#include "output.h"
#include "pin_dir.h"
#include "pin_list.h"

/* Where devices are. */
struct place {
	const char *base;
	const char *netns; /* NULL: the one that the process is in */
	const struct owner *here;
	int folder; /* that the devices' directories are in; -1: not open */
};

/* One directory, and whose it is. */
struct found {
	const char *device; /* its name now, or the one that it had */
	const char *was;    /* another name that it had when it was loaded; NULL */
	int ifindex;	    /* 0: it is gone */
	bool elsewhere;	    /* in a network namespace that the process is not in */
};

/* What is attached in a network namespace that is there, but not here, is not known. */
static const char *liveness(const struct place *place, const struct found *found, bool live)
{
	return found->elsewhere && !place->netns ? "unknown" : live ? "live" : "stale";
}

/* Whether program @id uses @map: 1, 0 or -errno. A pinned program's maps are known. */
static int uses_map(const struct xdp_state *hook, __u32 id, __u32 map)
{
	const struct pin *pin = pin_list_find(hook->known[0], PIN_PROGRAM, id);
	struct bpf_maps maps;
	int fd, uses;

	if (pin)
		return bpf_maps_have(&pin->maps, map);
	fd = attach_open_program(hook, id);
	if (fd < 0)
		return fd;
	uses = bpf_info_maps(fd, &maps);
	if (!uses)
		uses = bpf_maps_have(&maps, map);
	bpf_maps_free(&maps);
	close(fd);
	return uses;
}

/* Whether a program on the hook uses map @pin: 1, 0 or -errno with a message. */
static int map_is_live(const struct xdp_state *hook, const struct pin *pin)
{
	size_t i;
	int uses = 0;

	for (i = 0; i < hook->count && !uses; i++) {
		uses = uses_map(hook, hook->ids[i], pin->id);
		if (uses == -ENOENT)
			uses = 0; /* gone in between */
	}
	return uses < 0 ? folder_fail(uses, "find out who uses", pin->path) : uses;
}

static int print_map(const struct place *place, const struct found *found, const struct pin *pin,
		     const struct xdp_state *hook)
{
	struct bpf_map_info info;
	const char *type;
	int err = bpf_info_map(pin->fd, &info), live;

	if (err)
		return folder_fail(err, "look at", pin->path);
	live = map_is_live(hook, pin);
	if (live < 0)
		return live;
	type = libbpf_bpf_map_type_str(info.type);
	output_print("  map      %-20s id %-6u %-14s key %u B, value %u B, %u entries  %s\n",
		     pin->name, info.id, type ? type : "?", info.key_size, info.value_size,
		     info.max_entries, liveness(place, found, live));
	return 0;
}

/* Whether the program is attached, or gets packets from one that is. */
static bool program_is_live(const struct xdp_state *hook, const struct pin *pin)
{
	const struct pin *own = attach_find_own(hook->known[0], hook);

	return xdp_state_has(hook, pin->id) ||
	       (own && pin_list_is_secondary(hook->known[0], pin, own));
}

static int print_program(const struct place *place, const struct found *found,
			 const struct pin *pin, const struct xdp_state *hook)
{
	struct bpf_prog_info info;
	const char *type;
	int err = bpf_info_program(pin->fd, &info);

	if (err)
		return folder_fail(err, "look at", pin->path);
	type = libbpf_bpf_prog_type_str(info.type);
	output_print("  program  %-20s id %-6u %-14s %u B translated, %u B native  %s\n", pin->name,
		     info.id, type ? type : "?", info.xlated_prog_len, info.jited_prog_len,
		     liveness(place, found, program_is_live(hook, pin)));
	return 0;
}

static void print_header(const struct place *place, const struct found *found,
			 const struct xdp_state *hook)
{
	size_t i;

	output_print("%s%s%s: ", place->netns ? place->netns : "", place->netns ? "/" : "",
		     found->device);
	if (found->elsewhere)
		printf("%s",
		       place->netns ? "no such network namespace" : "in another network namespace");
	else if (!found->ifindex)
		printf("no such device");
	else if (!hook->count)
		printf("no XDP program attached");
	for (i = 0; i < hook->count; i++)
		output_print("%s%s (id %u)", i ? ", " : "", xdp_state_name(hook, hook->ids[i]),
			     hook->ids[i]);
	if (hook->count)
		printf(" attached in %s mode%s", attach_mode_name(hook->mode),
		       hook->dispatcher ? ", through libxdp" : "");
	if (found->was)
		output_print(" (pinned as %s)", found->was);
	putchar('\n');
}

/* A directory that is not there has none. */
static int read_pins(struct pin_dir *dir, struct pin_list *pins)
{
	int err = pin_dir_open(dir);

	*pins = (struct pin_list){ 0 };
	if (!err)
		err = pin_list_read(dir, PIN_LIVE, pins);
	pin_dir_close(dir);
	return err == -ENOENT ? 0 : err;
}

static int print_found(const struct place *place, const struct found *found, struct pin_dir *dir)
{
	struct pin_list pins;
	struct xdp_state hook = { .device = found->device,
				  .ifindex = found->ifindex,
				  .known = { &pins } };
	int err = read_pins(dir, &pins);
	size_t i;

	if (!err && found->ifindex)
		err = attach_query(&hook);
	if (err)
		goto out;

	print_header(place, found, &hook);
	for (i = 0; i < pins.count && !err; i++) {
		const struct pin *pin = &pins.pins[i];

		if (pin->kind == PIN_MAP)
			err = print_map(place, found, pin, &hook);
		else if (pin->kind == PIN_PROGRAM)
			err = print_program(place, found, pin, &hook);
		else
			output_print("  other    %-20s not ours\n", pin->name);
	}
	if (!pins.count)
		puts("  nothing is pinned");
out:
	pin_list_close(&pins);
	return err;
}

/* Of the owner of a directory: its name now, if it is where the process is. @now: IF_NAMESIZE
 * bytes.
 */
static int find_owner(const struct place *place, const struct owner *owner, struct found *found,
		      char *now)
{
	int err;

	*found = (struct found){ .device = owner->device };
	found->elsewhere = !owner_is_same_netns(owner, place->here);
	if (found->elsewhere)
		return 0;
	err = owner_name_now(owner, now);
	if (err)
		return err == -ENODEV ? 0 : err;
	found->ifindex = owner->ifindex;
	found->was = strcmp(now, owner->device) ? owner->device : NULL;
	found->device = now;
	return 0;
}

int list_device(const char *base, const char *netns, const char *name)
{
	char device[IF_NAMESIZE], now[IF_NAMESIZE];
	int ifindex = device_find(name, device), err;
	struct found found = { .device = device, .ifindex = ifindex };
	struct owner owner;
	struct pin_dir dir;
	struct place place = { .base = base, .netns = netns, .here = &dir.own, .folder = -1 };

	err = bpffs_need(base);
	if (!err)
		err = pin_dir_init(&dir, base, netns, device);
	if (!err)
		err = pin_dir_set_device(&dir, ifindex);
	if (err)
		return err;
	err = pin_dir_find(&dir, &owner);
	if (err && err != -ENOENT)
		return folder_fail(err, "look for the owner of", dir.path);
	err = err ? 0 : find_owner(&place, &owner, &found, now);
	if (!err && ifindex && found.ifindex != ifindex) {
		output_print("%s: the pins that go by its name are those of %s\n", device,
			     found.device);
		fflush(stdout);
	}
	return err ? err : print_found(&place, &found, &dir);
}

/* Calls @list for each folder in @folder, in their order; one that fails does not end it. 0 or the
 * first error.
 */
static int each_folder(struct place *place, const char *path,
		       int (*list)(const struct place *place, const char *path, const char *name))
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort), i, err = 0;

	if (count < 0 && errno != ENOENT)
		return folder_fail(-errno, "read", path);
	place->folder = folder_open_path(path, false, NULL);
	if (place->folder < 0 && place->folder != -ENOENT)
		err = folder_fail(place->folder, "open", path);
	for (i = 0; i < count; i++) {
		if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.' &&
		    place->folder >= 0) {
			int one = list(place, path, entries[i]->d_name);

			err = err ? err : one;
		}
		free(entries[i]);
	}
	free(entries);
	if (place->folder >= 0)
		close(place->folder);
	return err;
}

static int list_folder(const struct place *place, const char *path, const char *name)
{
	char now[IF_NAMESIZE];
	struct owner owner;
	struct found found;
	struct pin_dir dir;
	char folder[PATH_MAX + NAME_MAX + 2];
	int err;

	snprintf(folder, sizeof(folder), "%s/%s", path, name);
	err = folder_is_left_out(folder, true) ? -ENOENT : owner_read(&owner, AT_FDCWD, folder);
	if (err) /* without an owner's link it is not a device's of ours */
		return err == -ENOENT ? 0 : folder_fail(err, "read the owner of", folder);
	err = find_owner(place, &owner, &found, now);
	if (!err)
		err = pin_dir_init(&dir, place->base, place->netns, owner.device);
	if (err)
		return err;
	dir.parent = fcntl(place->folder, F_DUPFD_CLOEXEC, 3);
	return print_found(place, &found, &dir);
}

/* Sets @netns to the name of the network namespace that the devices in the folder are in. */
static void find_netns(const char *path, char *netns)
{
	char folder[PATH_MAX + NAME_MAX + 2];
	DIR *entries = opendir(path);
	struct dirent *entry;
	struct owner owner;

	*netns = '\0';
	while (entries && !*netns && (entry = readdir(entries))) {
		snprintf(folder, sizeof(folder), "%s/%s", path, entry->d_name);
		if (entry->d_type == DT_DIR && !folder_is_left_out(folder, false) &&
		    !owner_read(&owner, AT_FDCWD, folder))
			strcpy(netns, owner.netns_name);
	}
	if (entries)
		closedir(entries);
}

static int list_netns_folder(const char *base, const char *path, char *netns, bool enter)
{
	struct owner here;
	struct place place = { .base = base, .netns = netns, .here = &here };
	int before = -1, err, left;

	if (enter)
		find_netns(path, netns);
	if (enter && *netns && device_has_netns(netns)) {
		before = device_visit_netns(netns);
		if (before < 0)
			return device_fail_to_enter(before, netns);
	}
	err = owner_of(&here, "", 0, NULL);
	if (!err)
		err = each_folder(&place, path, list_folder);
	left = before < 0 ? 0 : device_leave_netns(before);
	return left ? folder_fail(left, "go back from", netns) : err;
}

static int list_entry(const struct place *place, const char *base, const char *name)
{
	char path[PATH_MAX + NAME_MAX + 2], netns[NAME_MAX + 1];

	if (strncmp(name, PIN_DIR_NETNS_PREFIX, strlen(PIN_DIR_NETNS_PREFIX)))
		return list_folder(place, base, name);
	snprintf(path, sizeof(path), "%s/%s", base, name);
	return folder_is_left_out(path, true) ? 0 : list_netns_folder(base, path, netns, true);
}

int list_all(const char *base, const char *netns)
{
	char path[PATH_MAX + NAME_MAX + 2], name[NAME_MAX + 1];
	struct owner here;
	struct place place = { .base = base, .here = &here };
	int err = bpffs_need(base);

	if (err)
		return err;
	if (netns) {
		pin_dir_netns_name(netns, name);
		snprintf(path, sizeof(path), "%s/%s", base, name);
		snprintf(name, sizeof(name), "%s", netns);
		return list_netns_folder(base, path, name, false);
	}
	err = owner_of(&here, "", 0, NULL);
	return err ? err : each_folder(&place, base, list_entry);
}
