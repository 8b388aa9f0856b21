// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "stats_cost.h"

#include <errno.h>
#include <string.h>

#include "device.h"
#include "escape.h"
#include "log.h"
#include "report.h"

static struct program_place place_of(const struct stats_device *device)
{
	return (struct program_place){ .device = device->device,
				       .netns = device->netns,
				       .pin = device->watch.path,
				       .is_new = !device->watch.first_inode };
}

static void say_unknown(struct stats_set *set, const struct stats_device *device, int err)
{
	bool is_unnamed = err == -ENOENT && device->netns && !device_has_netns(device->netns);
	char name[ESCAPE_SIZE];

	if (err && !set->said_no_cost)
		log_warn("could not read what the program on %s costs: %s%s",
			 report_full_name(device, name),
			 is_unnamed ? "its network namespace has no name in " DEVICE_NETNS_DIR :
				      strerror(-err),
			 log_missing_right(err, "CAP_SYS_ADMIN"));
	set->said_no_cost |= !!err;
}

static int look(struct stats_device *device)
{
	const struct program_place place = place_of(device);

	return program_cost_look(&device->cost, &place);
}

static void switch_on(struct stats_set *set)
{
	int err = run_stats_use(&set->run_stats);

	if (err && !set->said_no_cost)
		log_warn("could not switch on the kernel's run-time statistics for --cost: %s%s",
			 strerror(-err), log_missing_right(err, "CAP_SYS_ADMIN"));
	set->said_no_cost |= !!err;
}

/* A single reading shows only what was measured before it. */
static void check_measured(struct stats_set *set)
{
	bool measured = false, known = false;
	size_t i;

	for (i = 0; i < set->count; i++) {
		known |= set->devices[i]->cost.id;
		measured |= set->devices[i]->cost.now.count;
	}
	if (known && !measured)
		log_warn("no cost was measured yet: no packet has come while the kernel's run-time "
			 "statistics were on; give --count 1 instead of --once to switch them on");
}

void stats_cost_begin(struct stats_set *set, enum stats_cost cost)
{
	size_t i;

	set->cost = cost;
	if (cost != COST_ONCE)
		switch_on(set);
	for (i = 0; i < set->count; i++)
		say_unknown(set, set->devices[i], look(set->devices[i]));
	if (cost == COST_ONCE)
		check_measured(set);
}

void stats_cost_use(struct stats_set *set)
{
	if (set->cost == COST_REQUESTS)
		switch_on(set);
}

double stats_cost_end_unused(struct stats_set *set)
{
	return set->cost == COST_REQUESTS ? run_stats_end_unused(&set->run_stats) : 0;
}

void stats_cost_look(struct stats_set *set, struct stats_device *device)
{
	if (set->cost)
		look(device);
}

void stats_cost_read(struct stats_set *set, struct stats_device *device, bool counted)
{
	const struct program_place place = place_of(device);
	bool has_failed = device->cost.failed;
	int err;

	if (!set->cost)
		return;
	err = program_cost_read(&device->cost, &place, counted);
	if (has_failed)
		say_unknown(set, device, err);
}

bool stats_cost_may_continue(const struct stats_set *set)
{
	bool may = set->cost != COST_REQUESTS || set->run_stats.fd < 0 || run_stats_may_use();
	size_t i;

	for (i = 0; i < set->count && may; i++) {
		const struct program_place place = place_of(set->devices[i]);

		may = !set->devices[i]->cost.id || program_cost_may_look(&place);
	}
	return may;
}
