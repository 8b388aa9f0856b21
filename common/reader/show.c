// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "show.h"

#include "clock.h"
#include "output.h"

/* Begins the round unless it has @begun. */
static void show_device(struct stats_set *set, const struct show *show,
			const struct stats_device *device, bool *begun)
{
	if (!*begun && show->report->round)
		show->report->round(device, &show->view);
	*begun = true;
	if (show->report->device)
		show->report->device(device, &set->buffer, &show->view);
}

static int show_round(struct stats_set *set, const struct show *show)
{
	bool begun = false;
	size_t i;
	int err = 0;

	for (i = 0; i < set->count && !err; i++) {
		struct stats_device *device = set->devices[i];

		if (!device->watch.generation)
			continue;
		err = stats_set_poll(set, device);
		if (!err && !device->read_err && report_shows(device))
			show_device(set, show, device, &begun);
	}
	if (!err && show->report->set)
		show->report->set(set, &show->view);
	return err ? err : output_flush();
}

/* Shows what was read when the maps were opened: a second reading would not be better. Per-CPU
 * counters were not kept, so they are read again; an error of that is in the device's read_err.
 */
static int show_once(struct stats_set *set, const struct show *show)
{
	bool begun = false;
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct stats_device *device = set->devices[i];

		if (!report_shows(device))
			continue;
		if (show->view.per_cpu)
			device->read_err = stats_map_read(&device->watch.current.map, &set->buffer,
							  device->watch.current.totals);
		if (!device->read_err)
			show_device(set, show, device, &begun);
	}
	if (show->report->set)
		show->report->set(set, &show->view);
	return stats_set_missing(set);
}

int show_totals(struct stats_set *set, const struct show *show)
{
	size_t i;
	int err = 0;

	if (!show->report->totals)
		return show_round(set, show);
	for (i = 0; i < set->count && !err; i++) {
		struct stats_device *device = set->devices[i];

		if (!device->watch.generation)
			continue;
		err = stats_set_poll(set, device);
		if (!err)
			show->report->totals(device, &show->view);
	}
	return err ? err : output_flush();
}

static int show_rounds(struct stats_set *set, const struct show *show, int stop_fd)
{
	double next = clock_now();
	unsigned int round;
	int err = output_flush();

	for (round = 0; !err && (!show->count || round < show->count); round++) {
		next += show->interval;
		if (next < clock_now()) /* stopped, or blocked: what was left out is left out */
			next = clock_now() + show->interval;
		err = stats_set_wait(set, next, stop_fd);
		if (err > 0)
			return show_totals(set, show);
		if (!err)
			err = show_round(set, show);
	}
	return err;
}

int show_counters(struct stats_set *set, const struct show *show, int stop_fd)
{
	if (show->report->begin)
		show->report->begin(set, &show->view);
	return show->view.once ? show_once(set, show) : show_rounds(set, show, stop_fd);
}
