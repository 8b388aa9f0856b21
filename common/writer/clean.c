// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "clean.h"

#include <stdio.h>

#include "exit_codes.h"
#include "list.h"
#include "log.h"
#include "reload.h"
#include "reload_print.h"

struct cleaning {
	const struct clean *clean;
	size_t removed, left;
	int code;
};

static void clean_device(struct cleaning *cleaning, const struct list_item *item)
{
	const struct clean *clean = cleaning->clean;
	struct reload reload = { .lock_timeout_ms = clean->lock_timeout_ms,
				 .netns_is_gone = item->elsewhere };
	struct reload_report report;
	int code = EXIT_FAILED;

	if (!pin_dir_init(&reload.dir, clean->base, item->netns, item->device))
		code = reload_unpin(&reload, true, true, item->elsewhere, &report);
	if (code) {
		cleaning->code = code;
		return;
	}
	cleaning->removed++;
	if (!clean->quiet)
		reload_print_removal(&reload, &report);
}

/* If one cannot be cleaned, the others are cleaned all the same. */
static int clean_item(const struct list_item *item, void *context)
{
	struct cleaning *cleaning = context;

	if (item->ifindex || (item->elsewhere && !item->netns))
		return 0;
	if (!item->elsewhere || cleaning->clean->force)
		clean_device(cleaning, item);
	else
		cleaning->left++;
	return 0;
}

int clean_all(const struct clean *clean)
{
	struct cleaning cleaning = { .clean = clean };
	int err = list_each(clean->base, clean->netns, clean_item, &cleaning);

	if (cleaning.left)
		log_warn("left the pins of %zu device%s of network namespaces that are not here: "
			 "they may be another container's; --force removes them too",
			 cleaning.left, cleaning.left == 1 ? "" : "s");
	if (!err && !cleaning.code && !cleaning.removed && !cleaning.left && !clean->quiet)
		puts("nothing to clean: each device that has pins is there");
	return cleaning.code ? cleaning.code : err ? EXIT_BPF : EXIT_OK;
}
