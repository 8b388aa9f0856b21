// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpffs.h"
#include "device.h"
#include "device_xdp.h"
#include "folder.h"
#include "output.h"
#include "pin_place.h"

/* A list, and what is the same for all of it. */
struct list {
	const char *base;
	list_show show;
	void *context;
	struct owner here;	   /* for the network namespace that the process was in */
	struct device_links links; /* of all devices there; empty: not read */
	struct xdp_links bpf_links;
	void *shown; /* a tree of the devices there that were, by ifindex */
	int err;     /* the first one of a device without pins: the others are shown all the same */
};

/* Where devices are. */
struct place {
	struct list *list;
	const char *netns; /* NULL: the one that the process is in */
	const struct owner *here;
	const struct device_links *links; /* of all devices there; NULL: not read */
	int folder;			  /* that the devices' directories are in; -1: not open */
};

/* The keys of the tree are the numbers themselves. */
static int by_number(const void *a, const void *b)
{
	return (intptr_t)a < (intptr_t)b ? -1 : (intptr_t)a > (intptr_t)b;
}

static bool was_shown(const struct list *list, int ifindex)
{
	return tfind((void *)(intptr_t)ifindex, &list->shown, by_number);
}

static int keep_shown(struct list *list, const struct list_item *item)
{
	return tsearch((void *)(intptr_t)item->ifindex, &list->shown, by_number) ?
		       0 :
		       folder_fail(-ENOMEM, "list", item->device);
}

static void free_nothing(void *number)
{
	(void)number;
}

/* A directory that is not there has none. */
static int read_pins(struct pin_dir *dir, struct list_item *item)
{
	int err = pin_dir_open(dir);

	if (!err)
		err = pin_list_read(dir, PIN_LIVE, &item->pins);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &item->staged);
	pin_dir_close(dir);
	return err == -ENOENT ? 0 : err;
}

/* Returns what is attached, or NULL if the kernel must be asked. The links were read before the
 * pins, so what was attached then still counts only if its program is among the pins. Without a
 * directory there are no pins that it must fit.
 */
static const struct device_xdp *find_xdp(const struct place *place, const struct list_item *item,
					 const struct pin_dir *dir)
{
	const struct device_link *link = device_links_find(place->links, item->ifindex);
	__u32 id = link ? device_xdp_main(&link->xdp) : 0;

	return id && (!dir || pin_list_find(&item->pins, PIN_PROGRAM, id)) ? &link->xdp : NULL;
}

/* @dir: the device's directory, or NULL. */
static int show_device(const struct place *place, struct list_item *item, struct pin_dir *dir)
{
	int err = dir ? read_pins(dir, item) : 0;

	item->netns = place->netns;
	item->links = &place->list->bpf_links;
	item->path = item->pins.count ? dir->path : NULL;
	item->hook = (struct xdp_state){ .device = item->device,
					 .ifindex = item->ifindex,
					 .known = { &item->pins, &item->staged } };
	if (!err && item->ifindex)
		err = attach_look(&item->hook, find_xdp(place, item, dir));
	if (err == -ENODEV) { /* just now; without pins nothing is left of it */
		item->ifindex = 0;
		err = dir ? 0 : -ENODEV;
	}
	if (!err && owner_is_same_netns(place->here, &place->list->here))
		err = keep_shown(place->list, item);
	if (!err)
		err = place->list->show(item, place->list->context);
	pin_list_close(&item->pins);
	pin_list_close(&item->staged);
	return err;
}

/* Sets @now to the name that the owner of a directory has now. 0; -ENODEV: it is gone; or another
 * -errno, with a message.
 */
static int find_name(const struct place *place, const struct owner *owner, char *now)
{
	const struct device_link *link = device_links_find(place->links, owner->ifindex);

	if (!link)
		return owner_name_now(owner, now);
	strcpy(now, link->name);
	return 0;
}

/* Of the owner of a directory: its name now, if it is where the process is. @now: IF_NAMESIZE
 * bytes.
 */
static int look_for_owner(const struct place *place, const struct owner *owner,
			  struct list_item *found, char *now)
{
	int err;

	*found = (struct list_item){ .device = owner->device };
	found->elsewhere = !owner_is_same_netns(owner, place->here);
	if (found->elsewhere)
		return 0;
	err = find_name(place, owner, now);
	if (err)
		return err == -ENODEV ? 0 : err;
	found->ifindex = owner->ifindex;
	found->was = strcmp(now, owner->device) ? owner->device : NULL;
	found->device = now;
	return 0;
}

/* The same. If the owner of the directory at @path is gone, a device may be there whose load was
 * stopped while it took the directory over: then @owner becomes that one.
 */
static int find_owner(const struct place *place, const char *path, struct owner *owner,
		      struct list_item *found, char *now)
{
	char staged[PATH_MAX + NAME_MAX + sizeof("/" PIN_PLACE_STAGED)];
	const struct owner gone = *owner;
	int err = look_for_owner(place, owner, found, now);

	if (err || found->ifindex || found->elsewhere)
		return err;
	snprintf(staged, sizeof(staged), "%s/" PIN_PLACE_STAGED, path);
	err = owner_read(owner, AT_FDCWD, staged);
	if (!err)
		err = look_for_owner(place, owner, found, now);
	else if (err != -ENOENT)
		folder_fail(err, "read the new owner of", path);
	if (!err && (found->ifindex || found->elsewhere))
		return 0;
	*owner = gone;
	found->device = owner->device;
	return err == -ENOENT ? 0 : err;
}

static int show_text(const struct list_item *item, void *unused)
{
	(void)unused;
	return list_text(item);
}

static int show_json(const struct list_item *item, void *unused)
{
	(void)unused;
	return list_json(item);
}

/* list_end() in any case. */
static int list_begin(struct list *list, const char *base, list_show show, void *context)
{
	int err = bpffs_need(base);

	*list = (struct list){ .base = base, .show = show, .context = context };
	return err ? err : owner_of(&list->here, "", 0, NULL);
}

static int list_end(struct list *list, int err)
{
	xdp_links_free(&list->bpf_links);
	device_links_free(&list->links);
	tdestroy(list->shown, free_nothing);
	return err;
}

static int show_one(struct list *list, const char *netns, const char *name)
{
	char device[IF_NAMESIZE], now[IF_NAMESIZE];
	int ifindex = device_find(name, device), err = ifindex < 0 ? ifindex : 0;
	struct list_item found = { .device = device, .ifindex = ifindex };
	struct owner owner;
	struct pin_dir dir;
	struct place place = { .list = list, .netns = netns, .here = &dir.own, .folder = -1 };

	if (!err)
		err = pin_dir_init(&dir, list->base, netns, device);
	if (!err)
		err = pin_dir_set_device(&dir, ifindex);
	if (err)
		return err;
	err = pin_dir_find(&dir, &owner);
	if (err && err != -ENOENT)
		return folder_fail(err, "look for the owner of", dir.path);
	err = err ? 0 : find_owner(&place, dir.path, &owner, &found, now);
	if (!err && ifindex && found.ifindex != ifindex && list->show == show_text) {
		output_print("%s: the pins that go by its name are those of %s\n", device,
			     found.device);
		fflush(stdout);
	}
	return err ? err : show_device(&place, &found, &dir);
}

int list_device(const char *base, const char *netns, const char *name, bool json)
{
	struct list list;
	int err = list_begin(&list, base, json ? show_json : show_text, NULL);

	return list_end(&list, err ? err : show_one(&list, netns, name));
}

/* Calls @list for each folder in the one at @path, sorted by name. Continues after an error, and
 * returns the first one, or 0.
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
	struct list_item found;
	struct pin_dir dir;
	char folder[PATH_MAX + NAME_MAX + 2];
	int err;

	snprintf(folder, sizeof(folder), "%s/%s", path, name);
	err = folder_is_left_out(folder, true) ? -ENOENT : owner_read(&owner, AT_FDCWD, folder);
	if (err) /* without an owner's link it is not a device's of ours */
		return err == -ENOENT ? 0 : folder_fail(err, "read the owner of", folder);
	err = find_owner(place, folder, &owner, &found, now);
	if (!err)
		err = pin_dir_init(&dir, place->list->base, place->netns, owner.device);
	if (err)
		return err;
	dir.parent = fcntl(place->folder, F_DUPFD_CLOEXEC, 3);
	return show_device(place, &found, &dir);
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

static int list_netns_folder(struct list *list, const char *path, char *netns, bool enter)
{
	struct owner here;
	struct place place = { .list = list, .netns = netns, .here = &here };
	struct device_links links = { 0 };
	int before = -1, err, left;

	if (enter)
		find_netns(path, netns);
	if (enter && *netns && device_has_netns(netns)) {
		before = device_visit_netns(netns);
		if (before < 0)
			return device_fail_to_enter(before, netns);
		if (list->links.count && !device_links_read(&links))
			place.links = &links;
	}
	if (!enter)
		place.links = &list->links;
	err = owner_of(&here, "", 0, NULL);
	if (!err)
		err = each_folder(&place, path, list_folder);
	device_links_free(&links);
	left = before < 0 ? 0 : device_leave_netns(before);
	return left ? folder_fail(left, "go back from", netns) : err;
}

static int list_entry(const struct place *place, const char *base, const char *name)
{
	char path[PATH_MAX + NAME_MAX + 2], netns[NAME_MAX + 1];

	if (strncmp(name, PIN_DIR_NETNS_PREFIX, strlen(PIN_DIR_NETNS_PREFIX)))
		return list_folder(place, base, name);
	snprintf(path, sizeof(path), "%s/%s", base, name);
	return folder_is_left_out(path, true) ? 0 :
						list_netns_folder(place->list, path, netns, true);
}

static void show_unpinned(const struct place *place, const struct device_link *link)
{
	struct list_item item = { .device = link->name, .ifindex = link->xdp.ifindex };
	int err = 0;

	if (device_xdp_main(&link->xdp) && !was_shown(place->list, item.ifindex))
		err = show_device(place, &item, NULL);
	if (err && err != -ENODEV && !place->list->err)
		place->list->err = err;
}

/* Devices with programs, but without pins of ours. */
static int list_unpinned(struct list *list, const char *netns)
{
	const struct place place = {
		.list = list, .netns = netns, .here = &list->here, .links = &list->links
	};
	size_t i;

	for (i = 0; i < list->links.count; i++)
		show_unpinned(&place, &list->links.links[i]);
	return list->err;
}

/* Those that have pins. */
static int list_pinned(struct list *list, const char *netns)
{
	char path[PATH_MAX + NAME_MAX + 2], name[NAME_MAX + 1];
	struct place place = { .list = list, .here = &list->here, .links = &list->links };

	if (!netns)
		return each_folder(&place, list->base, list_entry);
	pin_dir_netns_name(netns, name);
	snprintf(path, sizeof(path), "%s/%s", list->base, name);
	snprintf(name, sizeof(name), "%s", netns);
	return list_netns_folder(list, path, name, false);
}

int list_all(const char *base, const char *netns, bool json)
{
	struct list list;
	int err = list_begin(&list, base, json ? show_json : show_text, NULL), unread, rest;

	if (err)
		return list_end(&list, err);
	unread = device_links_read(&list.links);
	err = list_pinned(&list, netns);
	rest = list_unpinned(&list, netns);
	if (unread)
		rest = folder_fail(unread, "list the devices of", netns ? netns : "the machine");
	return list_end(&list, err ? err : rest);
}

int list_each(const char *base, const char *netns, list_show show, void *context)
{
	struct list list;
	int err = list_begin(&list, base, show, context);

	return list_end(&list, err ? err : list_pinned(&list, netns));
}
