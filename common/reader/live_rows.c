// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"

static void add_row(struct live_rows *all, const struct live_row *row)
{
	struct live_row *rows = all->rows;

	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : 64;

		rows = reallocarray(rows, room, sizeof(*rows));
		if (!rows)
			return;
		all->rows = rows;
		all->room = room;
	}
	rows[all->count++] = *row;
}

static double key_of(const struct live_row *row, enum live_sort sort)
{
	switch (sort) {
	case LIVE_BY_RATE:
		return row->rate.pps;
	case LIVE_BY_BITS:
		return row->rate.bps;
	case LIVE_BY_PACKETS:
		return (double)row->counted.rx_packets;
	default:
		return 0;
	}
}

static void take_width(struct live_rows *all, int width)
{
	all->name_width = width > all->name_width ? width : all->name_width;
}

const char *live_row_cpu(char *name, const struct live_row *row)
{
	snprintf(name, LIVE_CPU_SIZE, "  CPU %d", row->cpu);
	return name;
}

static void add_cpus(struct live_rows *all, struct live_row row, int cpus)
{
	const struct live_cpu *first = &row.device->past->cpus[row.action * cpus];
	char name[LIVE_CPU_SIZE];
	int cpu;

	for (cpu = 0; cpu < cpus; cpu++) {
		if (!report_has_counted(&first[cpu].counted))
			continue;
		row.cpu = cpu;
		row.counted = first[cpu].counted;
		row.rate = (struct stats_rate){ .pps = first[cpu].pps };
		add_row(all, &row);
		take_width(all, (int)strlen(live_row_cpu(name, &row)));
	}
}

static bool matches(const struct live_row *row, const char *filter)
{
	return !*filter || strcasestr(row->device->past->name, filter) ||
	       (row->action < XDP_ACTION_MAX && strcasestr(action_name(row->action), filter));
}

static void sum_up(struct live_row *total, const struct live_row *row)
{
	total->counted.rx_packets += row->counted.rx_packets;
	total->counted.rx_bytes += row->counted.rx_bytes;
	total->rate.pps += row->rate.pps;
	total->rate.bps += row->rate.bps;
}

/* All rows of a device have the same share; the sum has it once. */
static void sum_up_share(struct live_row *total, double share)
{
	if (share >= 0)
		total->share = share + (total->share < 0 ? 0 : total->share);
}

/* The filter does not matter: that a device drops packets is always shown. */
static void note_drops(struct live_row *worst, const struct live_row *row)
{
	if (row->action != XDP_DROP && row->action != XDP_ABORTED)
		return;
	if (!worst->device || row->rate.pps > worst->rate.pps ||
	    (row->rate.pps == worst->rate.pps &&
	     row->counted.rx_packets > worst->counted.rx_packets))
		*worst = *row;
}

/* A device that has counted nothing has a row, too. */
static void add_device(struct live_rows *all, const struct stats_set *set,
		       const struct live_choice *choice, struct live_row row)
{
	const struct stats_watch *watch = &row.device->watch;
	const size_t before = all->count;
	bool has_counted = false;

	for (row.action = 0; row.action < XDP_ACTION_MAX; row.action++) {
		row.counted = watch->current.totals[row.action];
		if (report_hides(choice->view, row.action) ||
		    (!report_has_counted(&row.counted) &&
		     !report_has_counted(&watch->totals[row.action])))
			continue;
		has_counted = true;
		row.rate = stats_rate(&watch->counted[row.action], watch->period);
		note_drops(&all->worst, &row);
		if (!matches(&row, choice->filter))
			continue;
		row.key = key_of(&row, choice->sort);
		sum_up(&all->total, &row);
		add_row(all, &row);
		if (choice->per_cpu && row.device->past->cpus)
			add_cpus(all, row, set->buffer.cpus);
	}
	row.counted = (struct datarec){ 0 };
	row.rate = (struct stats_rate){ 0 };
	row.key = 0;
	if (!has_counted && matches(&row, choice->filter))
		add_row(all, &row);
	all->devices += all->count > before;
	if (all->count > before)
		sum_up_share(&all->total, row.share);
}

static int compare_rows(const void *one, const void *other)
{
	const struct live_row *a = one, *b = other;
	int order;

	if (a->key != b->key)
		return a->key < b->key ? 1 : -1;
	order = strverscmp(a->device->past->name, b->device->past->name);
	if (order)
		return order;
	if (a->action != b->action)
		return a->action < b->action ? -1 : 1;
	return a->cpu - b->cpu;
}

void live_rows_find(struct live_rows *all, const struct stats_set *set,
		    const struct live_choice *choice)
{
	size_t i;

	all->count = all->devices = all->name_width = 0;
	all->has_cost = choice->view->cost;
	all->total = (struct live_row){ .action = XDP_ACTION_MAX, .cpu = -1, .share = -1 };
	all->worst = all->total;
	for (i = 0; i < set->count; i++) {
		const struct live_past *past = live_past_of(set->devices[i]);
		struct live_row row = { .device = set->devices[i], .cpu = -1 };
		size_t before = all->count;
		int width;

		if (!past || !report_shows(row.device))
			continue;
		row.share = 100 *
			    program_runs_cpu(&row.device->cost.counted, row.device->watch.period);
		add_device(all, set, choice, row);
		width = (int)strlen(past->name);
		width += row.device->watch.pinned ? 0 : (int)strlen("()");
		if (all->count > before)
			take_width(all, width);
	}
	if (all->count)
		qsort(all->rows, all->count, sizeof(*all->rows), compare_rows);
}

void live_rows_close(struct live_rows *all)
{
	free(all->rows);
	*all = (struct live_rows){ 0 };
}
