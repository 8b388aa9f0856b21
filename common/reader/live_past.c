// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_past.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "report.h"
#include "stats_rate.h"

/* A device that --all has found gets its name when its owner is known. */
static int set_name(struct live_pasts *all, struct live_past *past,
		    const struct stats_device *device)
{
	char name[ESCAPE_SIZE], *copy = strdup(report_full_name(device, name));

	if (!copy)
		return -1;
	free(past->name);
	past->name = copy;
	past->device = device->device;
	all->is_ranked = false;
	return 0;
}

static void close_past(struct live_past *past)
{
	free(past->path);
	free(past->name);
	free(past->cpus);
	free(past);
}

static struct live_past *find(const struct live_pasts *all, size_t guess, const char *path)
{
	size_t i;

	if (guess < all->count && !strcmp(all->pasts[guess]->path, path))
		return all->pasts[guess];
	for (i = 0; i < all->count; i++)
		if (!strcmp(all->pasts[i]->path, path))
			return all->pasts[i];
	return NULL;
}

struct live_past *live_past_find(struct live_pasts *all, size_t guess,
				 const struct stats_device *device)
{
	struct live_past **pasts, *past = find(all, guess, device->watch.path);

	if (past) {
		if (past->device != device->device)
			set_name(all, past, device);
		return past;
	}
	pasts = reallocarray(all->pasts, all->count + 1, sizeof(past));
	if (!pasts)
		return NULL;
	all->pasts = pasts;
	past = calloc(1, sizeof(*past));
	if (!past)
		return NULL;
	past->path = strdup(device->watch.path);
	if (!past->path || set_name(all, past, device)) {
		close_past(past);
		return NULL;
	}
	return pasts[all->count++] = past;
}

static int compare_names(const void *one, const void *other)
{
	const struct live_past *const *a = one, *const *b = other;

	return strverscmp((*a)->name, (*b)->name);
}

void live_pasts_rank(struct live_pasts *all)
{
	struct live_past **sorted;
	size_t i;

	if (all->is_ranked)
		return;
	sorted = reallocarray(NULL, all->count, sizeof(struct live_past *));
	if (!sorted)
		return;
	memcpy(sorted, all->pasts, all->count * sizeof(*sorted));
	qsort(sorted, all->count, sizeof(*sorted), compare_names);
	for (i = 0; i < all->count; i++)
		sorted[i]->rank = i;
	free(sorted);
	all->is_ranked = true;
}

void live_past_forget(struct live_pasts *all, const struct stats_set *set)
{
	size_t i = 0;

	while (i < all->count) {
		if (stats_set_has(set, all->pasts[i]->path)) {
			i++;
			continue;
		}
		close_past(all->pasts[i]);
		all->pasts[i] = all->pasts[--all->count];
	}
}

void live_past_close(struct live_pasts *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		close_past(all->pasts[i]);
	free(all->pasts);
	*all = (struct live_pasts){ 0 };
}

void live_past_keep_rates(const struct live_pasts *all, struct live_past *past,
			  const struct stats_watch *watch)
{
	__u32 action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		past->pps[action][all->rounds % LIVE_ROUNDS] =
			(float)stats_rate(&watch->counted[action], watch->period).pps;
}

float live_past_rate(const struct live_pasts *all, const struct live_past *past, __u32 action,
		     int back)
{
	if (back > (int)all->rounds || back > LIVE_ROUNDS)
		return 0;
	return past->pps[action][(all->rounds - back) % LIVE_ROUNDS];
}

double live_past_seconds(const struct live_pasts *all, int rounds)
{
	if (rounds > (int)all->rounds)
		rounds = (int)all->rounds;
	if (rounds > LIVE_ROUNDS)
		rounds = LIVE_ROUNDS;
	if (rounds < 2)
		return 0;
	return all->at[(all->rounds - 1) % LIVE_ROUNDS] -
	       all->at[(all->rounds - rounds) % LIVE_ROUNDS];
}

/* A map that is new, or was written to by somebody else, counts from zero. */
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
