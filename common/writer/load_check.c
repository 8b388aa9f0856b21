// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "load_check.h"

#include <errno.h>
#include <unistd.h>

#include "bpf_info.h"
#include "exit_codes.h"
#include "log.h"
#include "program_match.h"
#include "xdp_stats_record.h"

int load_check_copy(const struct transaction *transaction, const struct object *object)
{
	const struct xdp_state *hook = &transaction->hook;
	int same = 0, fd;
	size_t i;

	for (i = 0; i < hook->count && !same; i++) {
		fd = attach_open_program(hook, hook->ids[i]);
		same = fd == -ENOENT ? 0 :
		       fd < 0	     ? attach_fail_to_look_at(hook->ids[i], fd) :
				       program_match_code(object_program_fd(object), fd);
		if (fd >= 0)
			close(fd);
	}
	if (same <= 0)
		return same ? EXIT_BPF : EXIT_OK;
	log_error("could not load %s on %s: program %u (%s), which is there, has the same "
		  "instructions and no pins: it may be xdp_loader's own; detach it with "
		  "'xdp_loader -d %s --unload %u --force', or give --force to run both",
		  object_program_name(object), hook->device, hook->ids[i - 1],
		  xdp_state_name(hook, hook->ids[i - 1]), hook->device, hook->ids[i - 1]);
	return EXIT_XDP;
}

int load_check_same(const struct transaction *transaction, const struct reload_load *load,
		    const char *map, const struct object *object, const struct pin *own)
{
	int same = load->force ? 1 : program_match_code(object_program_fd(object), own->fd);

	if (same)
		return same < 0 ? EXIT_BPF : EXIT_OK;
	log_error("could not load %s on %s: program %u (%s) there has map %s too, and is another "
		  "one; give --force to replace it",
		  object_program_name(object), transaction->hook.device, own->id, own->name, map);
	return EXIT_XDP;
}

int load_check_counters(const struct transaction *transaction, const struct reload_load *load,
			const struct object *object, const struct pin *old)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, XDP_STATS_MAP_NAME);
	struct bpf_map_info info;
	int counts = 0;
	size_t i;

	if (!map || bpf_info_map(object_map_fd(map), &info) ||
	    !pin_list_find(&transaction->live, PIN_MAP, info.id))
		return EXIT_OK; /* it is new */
	for (i = 0; i < hook->count && !counts; i++) {
		if (old && hook->ids[i] == old->id)
			continue;
		counts = attach_program_uses(hook, hook->ids[i], info.id);
		if (counts == -ENOENT)
			counts = 0; /* gone in between */
		else if (counts < 0)
			attach_fail_to_look_at(hook->ids[i], counts);
	}
	if (counts <= 0)
		return counts ? EXIT_BPF : EXIT_OK;
	i--;
	if (load->force) {
		log_warn("program %u (%s) on %s counts in map %s too: each packet counts twice",
			 hook->ids[i], xdp_state_name(hook, hook->ids[i]), hook->device,
			 XDP_STATS_MAP_NAME);
		return EXIT_OK;
	}
	log_error(
		"could not load %s on %s: program %u (%s) there counts in the same map %s, so each "
		"packet would count twice; load without --reuse-maps, or with --force",
		object_program_name(object), hook->device, hook->ids[i],
		xdp_state_name(hook, hook->ids[i]), XDP_STATS_MAP_NAME);
	return EXIT_XDP;
}
