// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "live_past.h"

#include <stdlib.h>
#include <string.h>

struct live_past *live_past_find(struct live_pasts *all, size_t guess, const char *path)
{
	struct live_past **pasts, *past;
	size_t i;

	if (guess < all->count && !strcmp(all->pasts[guess]->path, path))
		return all->pasts[guess];
	for (i = 0; i < all->count; i++)
		if (!strcmp(all->pasts[i]->path, path))
			return all->pasts[i];
	pasts = reallocarray(all->pasts, all->count + 1, sizeof(past));
	if (!pasts)
		return NULL;
	all->pasts = pasts;
	past = calloc(1, sizeof(*past));
	if (past)
		past->path = strdup(path);
	if (past && past->path)
		return pasts[all->count++] = past;
	free(past);
	return NULL;
}

static void close_past(struct live_past *past)
{
	free(past->path);
	free(past->cpus);
	free(past);
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

void live_past_keep_cpus(struct live_past *past, const struct stats_buffer *buffer)
{
	size_t size = (size_t)XDP_ACTION_MAX * buffer->cpus * sizeof(*past->cpus);

	if (!past->cpus)
		past->cpus = malloc(size);
	if (past->cpus)
		memcpy(past->cpus, buffer->values, size);
}
