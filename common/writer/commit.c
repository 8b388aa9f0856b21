// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "commit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_list.h"
#include "pin_live.h"
#include "pin_stage.h"

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
	struct pin_list live = { 0 }, staged = { 0 };
	struct bpf_maps maps = { 0 };
	size_t i;
	int err, code = EXIT_BPF;

	err = bpf_info_maps(attached->fd, &maps);
	if (err)
		log_error("could not look at the attached program: %s", strerror(-err));
	else
		err = pin_list_read(dir, PIN_LIVE, &live);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &staged);
	if (!err && !pin_list_first_program(&staged)) {
		log_error("could not find in %s what was pinned there just now: somebody has "
			  "removed it; load again",
			  dir->path);
		err = -ENOENT;
	}
	if (!err)
		err = pin_stage_commit(dir, PIN_MAP);
	for (i = 0; i < live.count && !err; i++) {
		const struct pin *pin = &live.pins[i];

		if (pin->kind != PIN_MAP || bpf_maps_have(&maps, pin->id) ||
		    pin_list_find_name(&staged, PIN_MAP, pin->name) ||
		    !pin_list_uses_map(&live, pin->id))
			continue;
		err = pin_live_remove(dir, pin);
		report->maps_removed += !err;
	}
	if (!err) {
		err = dispatcher_unpin_replaced(attached, reload->lock_timeout_ms);
		if (err == -ETIMEDOUT)
			code = EXIT_FAILED;
	}
	for (i = 0; i < live.count && !err; i++) {
		const struct pin *pin = &live.pins[i];

		if (pin->kind == PIN_PROGRAM && pin->id != attached->id &&
		    !pin_list_find_name(&staged, PIN_PROGRAM, pin->name))
			err = pin_live_remove(dir, pin);
	}
	if (!err)
		err = pin_stage_commit(dir, PIN_PROGRAM);
	/* Last, as nothing that fails above may leave another mode behind. */
	for (i = 0; i < live.count && !err; i++)
		if (bpf_maps_have(&maps, live.pins[i].id))
			err = pin_live_give_access(dir, &live.pins[i]);
	if (!err)
		err = pin_live_give_access_to_directory(dir);
	bpf_maps_free(&maps);
	pin_list_close(&live);
	pin_list_close(&staged);
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
