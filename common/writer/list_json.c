// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* basic04-pinning-maps/xdp_loader.schema.json is what the tests hold it against. */
#include "list_item.h"

#include <errno.h>
#include <stdio.h>

#ifdef HAVE_JSON

#include <bpf/libbpf.h>
#include <json-c/json.h>

#include "action.h"
#include "bpf_info.h"
#include "folder.h"
#include "json_line.h"
#include "xdp_stats_record.h"

static json_object *number(__u32 value)
{
	return json_object_new_int64(value);
}

/* true, false, or null where it is not known. */
static json_object *live(int liveness)
{
	return liveness == LIST_UNKNOWN ? NULL : json_object_new_boolean(liveness == LIST_LIVE);
}

static void add(json_object *object, const char *key, json_object *value)
{
	json_object_object_add(object, key, value);
}

static json_object *goes_on_after(const struct attach_place *place)
{
	json_object *actions = json_object_new_array();
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (place->goes_on_after & 1U << action)
			json_object_array_add(actions, json_line_text(action_name(action)));
	return actions;
}

static int add_attached(const struct list_item *item, size_t n, json_object *list)
{
	const struct xdp_state *hook = &item->hook;
	const struct pin *pin = list_item_pin(item, hook->ids[n]);
	json_object *object;
	struct bpf_prog_info info;
	char tag[LIST_TAG_SIZE];
	__u32 link;
	int err = list_item_info(item, hook->ids[n], &info);

	if (err)
		return err == -ENOENT ? 0 : err;
	link = list_item_link(item, info.id);
	object = json_object_new_object();
	add(object, "id", number(info.id));
	add(object, "name", json_line_text(xdp_state_name(hook, info.id)));
	add(object, "tag", json_line_text(list_item_tag(&info, tag)));
	add(object, "pin", json_line_text(pin ? pin->path : NULL));
	add(object, "link", link ? number(link) : NULL);
	add(object, "priority", hook->dispatcher ? number(hook->places[n].priority) : NULL);
	add(object, "goes_on_after", hook->dispatcher ? goes_on_after(&hook->places[n]) : NULL);
	json_object_array_add(list, object);
	return 0;
}

static int add_map(const struct list_item *item, const struct pin *pin, json_object *list)
{
	struct bpf_map_info info;
	json_object *object;
	int err = bpf_info_map(pin->fd, &info), liveness = err ? err : list_item_judge(item, pin);

	if (liveness < 0)
		return err ? folder_fail(err, "look at", pin->path) : liveness;
	object = json_object_new_object();
	add(object, "id", number(info.id));
	add(object, "pin", json_line_text(pin->path));
	add(object, "type", json_line_text(libbpf_bpf_map_type_str(info.type)));
	add(object, "key_size", number(info.key_size));
	add(object, "value_size", number(info.value_size));
	add(object, "entries", number(info.max_entries));
	add(object, "live", live(liveness));
	json_object_array_add(list, object);
	return 0;
}

static int add_program(const struct list_item *item, const struct pin *pin, json_object *list)
{
	char tag[LIST_TAG_SIZE];
	struct bpf_prog_info info;
	json_object *object;
	int err = bpf_info_program(pin->fd, &info);

	if (err)
		return folder_fail(err, "look at", pin->path);
	object = json_object_new_object();
	add(object, "id", number(info.id));
	add(object, "pin", json_line_text(pin->path));
	add(object, "type", json_line_text(libbpf_bpf_prog_type_str(info.type)));
	add(object, "tag", json_line_text(list_item_tag(&info, tag)));
	add(object, "translated", number(info.xlated_prog_len));
	add(object, "native", number(info.jited_prog_len));
	add(object, "live", live(list_item_judge(item, pin)));
	json_object_array_add(list, object);
	return 0;
}

static json_object *add_list(json_object *object, const char *key)
{
	json_object *list = json_object_new_array();

	add(object, key, list);
	return list;
}

static json_object *describe(const struct list_item *item)
{
	const struct xdp_state *hook = &item->hook;
	json_object *object = json_object_new_object();

	add(object, "schema", json_object_new_int(1));
	add(object, "device", json_line_text(item->device));
	add(object, "netns", json_line_text(item->netns));
	add(object, "ifindex", item->ifindex ? number(item->ifindex) : NULL);
	add(object, "elsewhere", json_object_new_boolean(item->elsewhere));
	add(object, "directory", json_line_text(item->path));
	add(object, "pinned_as", json_line_text(item->was));
	add(object, "mode", hook->count ? json_line_text(attach_mode_name(hook->mode)) : NULL);
	add(object, "dispatcher", hook->count && hook->dispatcher ? number(hook->main_id) : NULL);
	return object;
}

int list_json(const struct list_item *item)
{
	json_object *object = describe(item);
	json_object *attached = add_list(object, "attached"), *maps = add_list(object, "maps");
	json_object *programs = add_list(object, "programs"), *others = add_list(object, "others");
	size_t i;
	int err = 0;

	for (i = 0; i < item->hook.count && !err; i++)
		err = add_attached(item, i, attached);
	for (i = 0; i < item->pins.count && !err; i++) {
		const struct pin *pin = &item->pins.pins[i];

		if (pin->kind == PIN_MAP)
			err = add_map(item, pin, maps);
		else if (pin->kind == PIN_PROGRAM)
			err = add_program(item, pin, programs);
		else
			json_object_array_add(others, json_line_text(pin->path));
	}
	if (err)
		json_object_put(object);
	else
		json_line_print(object);
	return err;
}
#else
int list_json(const struct list_item *item)
{
	(void)item; /* the tool has refused it */
	return -ENOSYS;
}
#endif
