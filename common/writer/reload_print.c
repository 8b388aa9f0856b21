// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "reload_print.h"

#include "output.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void reload_print_load(const struct reload *reload, const struct reload_report *report)
{
	size_t i;

	output_device(reload->dir.netns, reload->dir.device);
	output_print("attached %s (id %u) in %s mode, %s\n", report->program, report->attached.id,
		     attach_mode_name(report->attached.mode),
		     report->attached.dispatcher ? "through libxdp" : "directly");
	for (i = 0; i < report->gone_count; i++) {
		output_device(reload->dir.netns, reload->dir.device);
		output_print("it replaces %s (id %u)\n", report->gone[i].name, report->gone[i].id);
	}
	output_device(reload->dir.netns, reload->dir.device);
	output_print("maps: %zu new (from zero), %zu reused (counts kept)\n", report->maps_new,
		     report->maps_reused);
	if (report->maps_removed) {
		output_device(reload->dir.netns, reload->dir.device);
		output_print("removed %zu stale map pin%s\n", report->maps_removed,
			     plural(report->maps_removed));
	}
	output_device(reload->dir.netns, reload->dir.device);
	output_print("pinned in %s\n", reload->dir.path);
}

void reload_print_removal(const struct reload *reload, const struct reload_report *report)
{
	size_t i;

	for (i = 0; i < report->gone_count; i++) {
		output_device(reload->dir.netns, reload->dir.device);
		output_print("unloaded %s (id %u)\n", report->gone[i].name, report->gone[i].id);
	}
	output_device(reload->dir.netns, reload->dir.device);
	output_print("removed the pins of %zu map%s and %zu program%s\n", report->maps_removed,
		     plural(report->maps_removed), report->programs_removed,
		     plural(report->programs_removed));
}

void reload_print_pinned(const struct reload *reload, const struct reload_report *report)
{
	output_device(reload->dir.netns, reload->dir.device);
	output_print("pinned %s (id %u) and its maps in %s\n", report->program, report->attached.id,
		     reload->dir.path);
}
