// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "list_item.h"

#include <errno.h>
#include <stdio.h>

#include "folder.h"

const char *list_liveness_name(enum list_liveness liveness)
{
	return liveness == LIST_LIVE ? "live" : liveness == LIST_STALE ? "stale" : "unknown";
}

static int map_is_live(const struct list_item *item, const struct pin *pin)
{
	size_t i;
	int uses = 0;

	for (i = 0; i < item->hook.count && !uses; i++) {
		uses = attach_program_uses(&item->hook, item->hook.ids[i], pin->id);
		if (uses == -ENOENT)
			uses = 0; /* gone in between */
	}
	return uses < 0 ? folder_fail(uses, "find out who uses", pin->path) : uses;
}

static bool program_is_live(const struct list_item *item, const struct pin *pin)
{
	const struct pin *own = attach_find_own(&item->pins, &item->hook);

	return xdp_state_has(&item->hook, pin->id) ||
	       (own && pin_list_is_secondary(&item->pins, pin, own));
}

int list_item_judge(const struct list_item *item, const struct pin *pin)
{
	int live = pin->kind == PIN_MAP ? map_is_live(item, pin) : program_is_live(item, pin);

	if (live < 0)
		return live;
	return item->elsewhere && !item->netns ? LIST_UNKNOWN : live ? LIST_LIVE : LIST_STALE;
}

const struct pin *list_item_pin(const struct list_item *item, __u32 id)
{
	const struct pin *pin = pin_list_find(&item->pins, PIN_PROGRAM, id);

	return pin ? pin : pin_list_find(&item->staged, PIN_PROGRAM, id);
}

__u32 list_item_link(const struct list_item *item, __u32 id)
{
	const struct xdp_state *hook = &item->hook;

	return list_item_pin(item, id) ? 0 :
					 xdp_links_find(item->links, hook->main_id, hook->ifindex);
}

int list_item_info(const struct list_item *item, __u32 id, struct bpf_prog_info *info)
{
	int err = attach_program_info(&item->hook, id, info);

	return err && err != -ENOENT ? attach_fail_to_look_at(id, err) : err;
}

char *list_item_tag(const struct bpf_prog_info *info, char *tag)
{
	size_t i;

	for (i = 0; i < sizeof(info->tag); i++)
		snprintf(tag + 2 * i, 3, "%02x", info->tag[i]);
	return tag;
}
