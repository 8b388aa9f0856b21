// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "commit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/membarrier.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_list.h"
#include "pin_live.h"
#include "pin_stage.h"

/* What is live, and what is staged: what the commit decides by. */
struct pins {
	struct pin_list live, staged, secondary;
	struct bpf_maps maps; /* that the attached program uses */
	bool old_are_gone;
};

static void close_pins(struct pins *pins)
{
	bpf_maps_free(&pins->maps);
	pin_list_close(&pins->live);
	pin_list_close(&pins->staged);
	pin_list_close(&pins->secondary);
}

/* All that the kernel is asked. 0 or -errno, with a message. */
static int read_pins(const struct pin_dir *dir, int attached_fd, struct pins *pins)
{
	int err = bpf_info_maps(attached_fd, &pins->maps), gone = 0;

	if (err)
		log_error("could not look at the attached program: %s", strerror(-err));
	else
		err = pin_list_read(dir, PIN_LIVE, &pins->live);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &pins->staged);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED_SECONDARY, &pins->secondary);
	if (!err && !pin_list_first_program(&pins->staged)) {
		log_error("could not find in %s what was pinned there just now: somebody has "
			  "removed it; load again",
			  dir->path);
		err = -ENOENT;
	}
	if (!err)
		gone = pin_stage_old_are_gone(dir);
	pins->old_are_gone = gone > 0;
	return err ? err : gone < 0 ? gone : 0;
}

/* Removes the maps' pins that only our earlier programs need. 0 or -errno, with a message. */
static int remove_old_maps(const struct pin_dir *dir, const struct pins *pins, size_t *removed)
{
	size_t i;
	int err = 0;

	for (i = 0; i < pins->live.count && !err; i++) {
		const struct pin *pin = &pins->live.pins[i];

		if (pin->kind != PIN_MAP || bpf_maps_have(&pins->maps, pin->id) ||
		    pin_list_find_name(&pins->staged, PIN_MAP, pin->name) ||
		    !pin_list_uses_map(&pins->live, pin->id))
			continue;
		err = pin_live_remove(dir, pin);
		*removed += !err;
	}
	return err;
}

/* The same for programs. Secondary programs take their places one by one. After the first one has
 * moved, programs/ holds new pins, which must stay.
 */
static int remove_old_programs(const struct pin_dir *dir, const struct pins *pins, __u32 attached)
{
	size_t i;
	int err = 0;

	for (i = 0; i < pins->live.count && !pins->old_are_gone && !err; i++) {
		const struct pin *pin = &pins->live.pins[i];

		if (pin->kind == PIN_PROGRAM && pin->id != attached &&
		    !pin_list_find_name(&pins->staged, PIN_PROGRAM, pin->name) &&
		    !pin_list_find_name(&pins->secondary, PIN_PROGRAM, pin->name))
			err = pin_live_remove(dir, pin);
	}
	return err || !pins->secondary.count ? err : pin_stage_mark_old_gone(dir);
}

/* membarrier() waits for a grace period of RCU. An error means that the kernel is built without it:
 * then nothing can be waited for.
 */
void commit_wait_for_tail_calls(const struct pin_list *live, const struct bpf_maps *kept)
{
	size_t i;

	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_MAP &&
		    live->pins[i].info.map.type == BPF_MAP_TYPE_PROG_ARRAY &&
		    !bpf_maps_have(kept, live->pins[i].id)) {
			syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
			return;
		}
}

static int commit_programs(const struct pin_dir *dir, const struct pins *pins)
{
	int err = pins->secondary.count ? pin_stage_commit(dir, PIN_STAGED_SECONDARY, PIN_PROGRAM) :
					  0;

	return err ? err : pin_stage_commit(dir, PIN_STAGED, PIN_PROGRAM);
}

static int give_access(const struct pin_dir *dir, const struct pins *pins)
{
	size_t i;
	int err = 0;

	for (i = 0; i < pins->live.count && !err; i++)
		if (bpf_maps_have(&pins->maps, pins->live.pins[i].id))
			err = pin_live_give_access(dir, &pins->live.pins[i]);
	return err ? err : pin_live_give_access_to_directory(dir);
}

/* The program's own pin, by which a repair knows that there is something to finish, moves last. All
 * that the kernel is asked comes before the first change. If it fails, the load is undone, even
 * after the last pin has moved; but not if a direct program took the place of libxdp's dispatcher,
 * once that one's pins have gone. By our old program's pin a repair knows whose they are: they go
 * first.
 */
int commit_load(const struct reload *reload, struct attach_result *attached,
		struct reload_report *report)
{
	const struct pin_dir *dir = &reload->dir;
	struct pins pins = { 0 };
	int code = EXIT_BPF;
	int err = read_pins(dir, attached->fd, &pins);

	/* First: a reader must not take one device's counts for another's. */
	if (!err)
		err = pin_stage_commit_owner(dir);
	if (!err)
		err = pin_stage_commit(dir, PIN_STAGED, PIN_MAP);
	if (!err)
		err = remove_old_maps(dir, &pins, &report->maps_removed);
	if (!err) {
		err = dispatcher_unpin_replaced(attached, reload->lock_timeout_ms);
		if (err == -ETIMEDOUT)
			code = EXIT_FAILED;
	}
	if (!err)
		err = remove_old_programs(dir, &pins, attached->id);
	if (!err)
		err = commit_programs(dir, &pins);
	/* Last, as nothing that fails above may leave another mode behind. */
	if (!err)
		err = give_access(dir, &pins);
	commit_wait_for_tail_calls(&pins.live, &pins.maps);
	close_pins(&pins);
	return err ? code : EXIT_OK;
}

/* Binds the maps of program @from to @fd too. */
static int bind_maps(int fd, const struct pin *from)
{
	struct bpf_maps used;
	size_t i;
	int err = bpf_info_maps(fd, &used);

	for (i = 0; i < from->maps.count && !err; i++) {
		int map;

		if (bpf_maps_have(&used, from->maps.ids[i]))
			continue;
		map = bpf_map_get_fd_by_id(from->maps.ids[i]);
		err = map < 0 || bpf_prog_bind_map(fd, map, NULL) ? -errno : 0;
		if (map >= 0)
			close(map);
	}
	bpf_maps_free(&used);
	if (err)
		log_error("could not bind a map to the attached program: %s", strerror(-err));
	return err;
}

int commit_stage_attached(const struct pin_dir *dir, int fd)
{
	struct pin_list staged;
	size_t i;
	int err = pin_list_read(dir, PIN_STAGED, &staged);

	for (i = 0; i < staged.count && !err; i++) {
		if (staged.pins[i].kind != PIN_PROGRAM)
			continue;
		err = bind_maps(fd, &staged.pins[i]);
		if (!err)
			err = pin_stage_exchange(dir, &staged.pins[i], fd);
	}
	pin_list_close(&staged);
	return err;
}
