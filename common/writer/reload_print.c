// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "reload_print.h"

#include "output.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void reload_print_load(const struct reload *reload, const struct reload_report *report)
{
	const char *device = reload->dir.device;
	size_t i;

	output_print("%s: attached %s (id %u) in %s mode, %s\n", device, report->program,
		     report->attached.id, attach_mode_name(report->attached.mode),
		     report->attached.dispatcher ? "through libxdp" : "directly");
	for (i = 0; i < report->gone_count; i++)
		output_print("%s: it replaces %s (id %u)\n", device, report->gone[i].name,
			     report->gone[i].id);
	output_print("%s: maps: %zu new (from zero), %zu reused (counts kept)\n", device,
		     report->maps_new, report->maps_reused);
	if (report->maps_removed)
		output_print("%s: removed %zu stale map pin%s\n", device, report->maps_removed,
			     plural(report->maps_removed));
	output_print("%s: pinned in %s\n", device, reload->dir.path);
}

void reload_print_removal(const struct reload *reload, const struct reload_report *report)
{
	const char *device = reload->dir.device;
	size_t i;

	for (i = 0; i < report->gone_count; i++)
		output_print("%s: unloaded %s (id %u)\n", device, report->gone[i].name,
			     report->gone[i].id);
	output_print("%s: removed the pins of %zu map%s and %zu program%s\n", device,
		     report->maps_removed, plural(report->maps_removed), report->programs_removed,
		     plural(report->programs_removed));
}

void reload_print_pinned(const struct reload *reload, const struct reload_report *report)
{
	output_print("%s: pinned %s (id %u) and its maps in %s\n", reload->dir.device,
		     report->program, report->attached.id, reload->dir.path);
}
