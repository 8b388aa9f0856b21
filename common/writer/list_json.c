// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tests check the output by basic04-pinning-maps/xdp_loader.schema.json. */
#include "list_item.h"

#include <errno.h>
#include <stdio.h>

#ifdef HAVE_JSON

#include <bpf/libbpf.h>

#include "action.h"
#include "json_line.h"
#include "xdp_stats_record.h"

static struct json_object *live(int liveness)
{
	return liveness == LIST_UNKNOWN ? NULL : json_line_bool(liveness == LIST_LIVE);
}

static struct json_object *goes_on_after(const struct attach_place *place)
{
	struct json_object *actions = json_line_list();
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (place->goes_on_after & 1U << action)
			json_line_append(actions, json_line_text(action_name(action)));
	return actions;
}

static int add_attached(const struct list_item *item, size_t n, struct json_object *list)
{
	const struct xdp_state *hook = &item->hook;
	const struct pin *pin = list_item_pin(item, hook->ids[n]);
	struct json_object *object;
	struct bpf_prog_info info;
	char tag[LIST_TAG_SIZE];
	__u32 link;
	int err = list_item_info(item, hook->ids[n], &info);

	if (err)
		return err == -ENOENT ? 0 : err;
	link = list_item_link(item, info.id);
	object = json_line_object();
	json_line_set(object, "id", json_line_number(info.id));
	json_line_set(object, "name", json_line_text(xdp_state_name(hook, info.id)));
	json_line_set(object, "tag", json_line_text(list_item_tag(&info, tag)));
	json_line_set(object, "pin", json_line_text(pin ? pin->path : NULL));
	json_line_set(object, "link", link ? json_line_number(link) : NULL);
	json_line_set(object, "priority",
		      hook->dispatcher ? json_line_number(hook->places[n].priority) : NULL);
	json_line_set(object, "goes_on_after",
		      hook->dispatcher ? goes_on_after(&hook->places[n]) : NULL);
	json_line_append(list, object);
	return 0;
}

static int add_map(const struct list_item *item, const struct pin *pin, struct json_object *list)
{
	const struct bpf_map_info *info = &pin->info.map;
	struct json_object *object;
	int liveness = list_item_judge(item, pin);

	if (liveness < 0)
		return liveness;
	object = json_line_object();
	json_line_set(object, "id", json_line_number(info->id));
	json_line_set(object, "pin", json_line_text(pin->path));
	json_line_set(object, "type", json_line_text(libbpf_bpf_map_type_str(info->type)));
	json_line_set(object, "key_size", json_line_number(info->key_size));
	json_line_set(object, "value_size", json_line_number(info->value_size));
	json_line_set(object, "entries", json_line_number(info->max_entries));
	json_line_set(object, "live", live(liveness));
	json_line_append(list, object);
	return 0;
}

static void add_program(const struct list_item *item, const struct pin *pin,
			struct json_object *list)
{
	const struct bpf_prog_info *info = &pin->info.program;
	struct json_object *object = json_line_object();
	char tag[LIST_TAG_SIZE];

	json_line_set(object, "id", json_line_number(info->id));
	json_line_set(object, "pin", json_line_text(pin->path));
	json_line_set(object, "type", json_line_text(libbpf_bpf_prog_type_str(info->type)));
	json_line_set(object, "tag", json_line_text(list_item_tag(info, tag)));
	json_line_set(object, "translated", json_line_number(info->xlated_prog_len));
	json_line_set(object, "native", json_line_number(info->jited_prog_len));
	json_line_set(object, "live", live(list_item_judge(item, pin)));
	json_line_append(list, object);
}

static struct json_object *add_list(struct json_object *object, const char *key)
{
	struct json_object *list = json_line_list();

	json_line_set(object, key, list);
	return list;
}

static struct json_object *describe(const struct list_item *item)
{
	const struct xdp_state *hook = &item->hook;
	struct json_object *object = json_line_object();

	json_line_set(object, "schema", json_line_number(1));
	json_line_set(object, "device", json_line_text(item->device));
	json_line_set(object, "netns", json_line_text(item->netns));
	json_line_set(object, "ifindex", item->ifindex ? json_line_number(item->ifindex) : NULL);
	json_line_set(object, "elsewhere", json_line_bool(item->elsewhere));
	json_line_set(object, "directory", json_line_text(item->path));
	json_line_set(object, "pinned_as", json_line_text(item->was));
	json_line_set(object, "mode",
		      hook->count ? json_line_text(attach_mode_name(hook->mode)) : NULL);
	json_line_set(object, "dispatcher",
		      hook->count && hook->dispatcher ? json_line_number(hook->main_id) : NULL);
	return object;
}

int list_json(const struct list_item *item)
{
	struct json_object *object = describe(item);
	struct json_object *attached = add_list(object, "attached"),
			   *maps = add_list(object, "maps");
	struct json_object *programs = add_list(object, "programs"),
			   *others = add_list(object, "others");
	size_t i;
	int err = 0;

	for (i = 0; i < item->hook.count && !err; i++)
		err = add_attached(item, i, attached);
	for (i = 0; i < item->pins.count && !err; i++) {
		const struct pin *pin = &item->pins.pins[i];

		if (pin->kind == PIN_MAP)
			err = add_map(item, pin, maps);
		else if (pin->kind == PIN_PROGRAM)
			add_program(item, pin, programs);
		else
			json_line_append(others, json_line_text(pin->path));
	}
	if (err)
		json_line_free(object);
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
