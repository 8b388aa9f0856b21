// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "list_item.h"

#include <errno.h>
#include <stdio.h>

#include <bpf/libbpf.h>

#include "action.h"
#include "output.h"
#include "xdp_stats_record.h"

static int print_map(const struct list_item *item, const struct pin *pin)
{
	const struct bpf_map_info *info = &pin->info.map;
	const char *type = libbpf_bpf_map_type_str(info->type);
	int live = list_item_judge(item, pin);

	if (live < 0)
		return live;
	output_print("  map      %-20s id %-6u %-14s key %u B, value %u B, %u entries  %s\n",
		     pin->name, info->id, type ? type : "?", info->key_size, info->value_size,
		     info->max_entries, list_liveness_name(live));
	return 0;
}

static void print_program(const struct list_item *item, const struct pin *pin)
{
	const struct bpf_prog_info *info = &pin->info.program;
	const char *type = libbpf_bpf_prog_type_str(info->type);
	char tag[LIST_TAG_SIZE];

	output_print("  program  %-20s id %-6u %-14s tag %s, %u B translated, %u B native  %s\n",
		     pin->name, info->id, type ? type : "?", list_item_tag(info, tag),
		     info->xlated_prog_len, info->jited_prog_len,
		     list_liveness_name(list_item_judge(item, pin)));
}

static void print_header(const struct list_item *item)
{
	const struct xdp_state *hook = &item->hook;
	size_t i;

	output_device(item->netns, item->device);
	if (item->elsewhere)
		printf("%s",
		       item->netns ? "no such network namespace" : "in another network namespace");
	else if (!item->ifindex)
		printf("no such device");
	else if (!hook->count)
		printf("no XDP program attached");
	for (i = 0; i < hook->count; i++)
		output_print("%s%s (id %u)", i ? ", " : "", xdp_state_name(hook, hook->ids[i]),
			     hook->ids[i]);
	if (hook->count)
		printf(" attached in %s mode%s", attach_mode_name(hook->mode),
		       hook->dispatcher ? ", through libxdp" : "");
	if (item->was)
		output_print(" (pinned as %s)", item->was);
	putchar('\n');
}

/* The actions after which the dispatcher calls the next program. */
static void print_place(const struct attach_place *place)
{
	const char *between = ", goes on after ";
	int action;

	printf("  priority %u", place->priority);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		if (!(place->goes_on_after & 1U << action))
			continue;
		printf("%s%s", between, action_name(action));
		between = ", ";
	}
}

/* What the header and the lines of pins do not say of a program. */
static int print_attached(const struct list_item *item, size_t n)
{
	const struct xdp_state *hook = &item->hook;
	__u32 id = hook->ids[n], link;
	struct bpf_prog_info info;
	bool is_live = pin_list_find(&item->pins, PIN_PROGRAM, id);
	char tag[LIST_TAG_SIZE];
	int err;

	if (is_live && !hook->dispatcher)
		return 0;
	err = list_item_info(item, id, &info);
	if (err)
		return err == -ENOENT ? 0 : err;
	link = list_item_link(item, id);
	output_print("  attached %-20s id %-6u tag %s  %s", xdp_state_name(hook, id), id,
		     list_item_tag(&info, tag),
		     is_live		     ? "ours" :
		     list_item_pin(item, id) ? "ours, in the middle of a load" :
					       "not ours");
	if (link)
		printf(", by bpf_link %u", link);
	if (hook->dispatcher)
		print_place(&hook->places[n]);
	putchar('\n');
	return 0;
}

int list_text(const struct list_item *item)
{
	size_t i;
	int err = 0;

	print_header(item);
	for (i = 0; i < item->hook.count && !err; i++)
		err = print_attached(item, i);
	for (i = 0; i < item->pins.count && !err; i++) {
		const struct pin *pin = &item->pins.pins[i];

		if (pin->kind == PIN_MAP)
			err = print_map(item, pin);
		else if (pin->kind == PIN_PROGRAM)
			print_program(item, pin);
		else
			output_print("  other    %-20s not ours\n", pin->name);
	}
	if (!item->pins.count)
		puts("  nothing is pinned");
	return err;
}
