// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "program_cost.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "clock.h"
#include "device_xdp.h"
#include "folder.h"
#include "pin_place.h"

static struct program_runs minus(struct program_runs a, struct program_runs b)
{
	return (struct program_runs){ .count = a.count - b.count, .ns = a.ns - b.ns };
}

static struct program_runs plus(struct program_runs a, struct program_runs b)
{
	return (struct program_runs){ .count = a.count + b.count, .ns = a.ns + b.ns };
}

/* The program to find among pins, and its descriptor when it is found. */
struct search {
	__u32 id;
	int fd;
};

static int try_pin(int folder, const struct dirent64 *entry, void *context)
{
	struct search *search = context;
	struct bpf_prog_info info;
	enum pin_kind kind;
	int fd = folder_get(folder, entry->d_name, false, &kind, NULL);

	if (fd < 0)
		return fd == -EMEDIUMTYPE ? 0 : fd;
	if (kind == PIN_PROGRAM && !bpf_info_program(fd, &info) && info.id == search->id) {
		search->fd = fd;
		return 1;
	}
	close(fd);
	return 0;
}

/* Among the programs that are pinned for the device: that requires no capability. */
static int open_pin(__u32 id, const char *map_pin)
{
	const char *name = strrchr(map_pin, '/');
	struct search search = { .id = id, .fd = -1 };
	char path[PATH_MAX];
	int folder, err;

	snprintf(path, sizeof(path), "%.*s" PIN_PLACE_PROGRAMS,
		 name ? (int)(name - map_pin) + 1 : 0, map_pin);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	err = folder_each(folder, NULL, try_pin, &search);
	close(folder);
	return err < 0 ? err : search.fd < 0 ? -ENOENT : search.fd;
}

/* By its ID, which requires CAP_SYS_ADMIN, or else by its pin. */
static int open_program(__u32 id, const char *map_pin)
{
	int fd = bpf_prog_get_fd_by_id(id), pinned;

	if (fd >= 0)
		return fd;
	fd = -errno;
	pinned = fd == -EPERM ? open_pin(id, map_pin) : fd;
	return pinned < 0 ? fd : pinned;
}

static int read_runs(struct program_cost *cost)
{
	struct bpf_prog_info info;
	int err = bpf_info_program(cost->fd, &info);

	if (err)
		return err;
	cost->now = (struct program_runs){ .count = info.run_cnt, .ns = info.run_time_ns };
	memcpy(cost->name, info.name, sizeof(cost->name));
	return 0;
}

/* Closes the program, which is no longer attached, and keeps what it has done. */
static void leave_program(struct program_cost *cost)
{
	if (cost->fd < 0)
		return;
	read_runs(cost); /* once more; if that fails, as it was read last */
	cost->past = plus(cost->past, minus(cost->now, cost->base));
	close(cost->fd);
	cost->fd = -1;
	cost->id = 0;
	cost->now = cost->base = (struct program_runs){ 0 };
}

/* The kernel's IDs rise. So a program with a higher ID than those before it is new here, and all
 * its runs count. Any other may have run here before: its runs count from now on. So do those of
 * the first, unless the place @is_new.
 */
static int take_program(struct program_cost *cost, __u32 id, int fd, bool is_new)
{
	int err;

	if (cost->highest_id)
		is_new = id > cost->highest_id;
	leave_program(cost);
	cost->fd = fd;
	err = read_runs(cost);
	if (err) {
		close(fd);
		cost->fd = -1;
		return err;
	}
	cost->id = id;
	if (!is_new)
		cost->base = cost->now;
	if (!cost->highest_id)
		cost->before = cost->base;
	if (id > cost->highest_id)
		cost->highest_id = id;
	return 0;
}

static int look(struct program_cost *cost, const struct program_place *place)
{
	struct device_xdp xdp;
	int fd, err = device_xdp_query_again(place->netns, place->device, &cost->ifindex, &xdp);
	__u32 id;

	if (err && err != -ENODEV)
		return err;
	id = device_xdp_main(&xdp); /* 0: none is attached, or the device is gone */
	if (id && id == cost->id)
		return 0;
	fd = id ? open_program(id, place->pin) : -ENOENT;
	if (fd >= 0)
		return take_program(cost, id, fd, place->is_new);
	leave_program(cost);
	return fd == -ENOENT ? 0 : fd;
}

int program_cost_look(struct program_cost *cost, const struct program_place *place)
{
	int err;

	if (!place->device)
		return 0;
	cost->looked_at = clock_now();
	err = look(cost, place);
	cost->due = false;
	cost->failed = err;
	return err;
}

int program_cost_read(struct program_cost *cost, const struct program_place *place, bool counted)
{
	const struct program_runs totals = cost->totals;
	__u64 runs = cost->now.count;
	int err = cost->fd >= 0 ? read_runs(cost) : 0;
	bool is_idle = cost->now.count == runs;

	if (!err && (cost->due || (is_idle && (counted || clock_now() - cost->looked_at >=
								  PROGRAM_COST_LOOK_SECONDS))))
		err = program_cost_look(cost, place);
	cost->totals = plus(cost->past, minus(cost->now, cost->base));
	cost->counted = minus(cost->totals, totals);
	return err;
}

bool program_cost_may_look(const struct program_place *place)
{
	struct program_cost cost = PROGRAM_COST_NONE;
	int err = program_cost_look(&cost, place);

	program_cost_close(&cost);
	return !err;
}

void program_cost_close(struct program_cost *cost)
{
	if (cost->fd >= 0)
		close(cost->fd);
	cost->fd = -1;
}

double program_runs_ns(const struct program_runs *runs)
{
	return runs->count ? (double)runs->ns / runs->count : -1;
}

double program_runs_cpu(const struct program_runs *runs, double period)
{
	return period > 0 && runs->count ? runs->ns / 1e9 / period : -1;
}

const struct program_runs *program_cost_recent(const struct program_cost *cost, double period)
{
	return period > 0 ? &cost->counted : &cost->now;
}
