// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_past.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "report.h"
#include "stats_rate.h"

/* A device that --all has found gets its name when its owner is known. */
static void set_name(struct live_past *past, const struct stats_device *device)
{
	char name[ESCAPE_SIZE], *copy = strdup(report_full_name(device, name));

	if (!copy)
		return;
	free(past->name);
	past->name = copy;
	past->device = device->device;
}

struct live_past *live_past_of(struct stats_device *device)
{
	struct live_past *past = device->past;

	if (!past)
		past = calloc(1, sizeof(*past));
	if (past && (!past->name || past->device != device->device))
		set_name(past, device);
	if (past && !past->name) {
		free(past);
		return NULL;
	}
	return device->past = past;
}

void live_past_free(struct live_past *past)
{
	if (!past)
		return;
	free(past->name);
	free(past->cpus);
	free(past);
}

void live_past_keep_rates(struct live_past *past, const struct live_rounds *rounds,
			  const struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		past->pps[action][rounds->count % LIVE_ROUNDS] =
			(float)stats_rate(&watch->counted[action], watch->period).pps;
}

float live_past_rate(const struct live_past *past, const struct live_rounds *rounds, __u32 action,
		     int back)
{
	if (back > (int)rounds->count || back > LIVE_ROUNDS)
		return 0;
	return past->pps[action][(rounds->count - back) % LIVE_ROUNDS];
}

double live_rounds_seconds(const struct live_rounds *rounds, unsigned int count)
{
	if (count > rounds->count)
		count = rounds->count;
	if (count > LIVE_ROUNDS)
		count = LIVE_ROUNDS;
	if (count < 2)
		return 0;
	return rounds->at[(rounds->count - 1) % LIVE_ROUNDS] -
	       rounds->at[(rounds->count - count) % LIVE_ROUNDS];
}

/* A map that is new, or that somebody else has written to, has counted from zero since then. */
static double rate_since(const struct live_past *past, const struct live_cpu *cpu, __u64 packets,
			 const struct stats_watch *watch)
{
	double period = watch->read_at - past->cpus_at;
	__u64 before = cpu->counted.rx_packets;

	if (!past->cpus_at || period <= 0)
		return -1;
	if (past->cpus_map != watch->current.map.id || packets < before)
		before = 0;
	return (packets - before) / period;
}

void live_past_keep_cpus(struct live_past *past, const struct stats_watch *watch,
			 const struct stats_buffer *buffer)
{
	size_t count = (size_t)XDP_ACTION_MAX * buffer->cpus, i;

	if (!past->cpus)
		past->cpus = calloc(count, sizeof(*past->cpus));
	if (!past->cpus)
		return;
	for (i = 0; i < count; i++) {
		struct live_cpu *cpu = &past->cpus[i];

		cpu->pps = rate_since(past, cpu, buffer->values[i].rx_packets, watch);
		cpu->counted = buffer->values[i];
	}
	past->cpus_map = watch->current.map.id;
	past->cpus_at = watch->read_at;
}
