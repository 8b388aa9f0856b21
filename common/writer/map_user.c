// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "map_user.h"

#include <stdio.h>
#include <string.h>

#include "exit_codes.h"
#include "load.h"
#include "log.h"
#include "repair.h"
#include "unload.h"

/* Sets *@kept if our program @own, which is attached, can stay, and then the report. Returns 0, or
 * prints a message and returns the exit code for it.
 */
static int keep_own(const struct transaction *transaction, const struct reload_load *load,
		    const char *name, const struct pin *own, struct reload_report *report,
		    bool *kept)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct pin *map = pin_list_find_name(&transaction->live, PIN_MAP, name);
	__u32 id;
	int err = pin_list_find_map(&transaction->live, own, name, &id);

	if (err)
		return EXIT_BPF;
	if (!id && !load->force) {
		log_error("could not load on %s: program %u (%s), which xdp_loader attached there, "
			  "has no map %s; detach it, or give --force to replace it",
			  hook->device, own->id, own->name, name);
		return EXIT_XDP;
	}
	*kept = map && map->id == id && (load->mode == ATTACH_AUTO || load->mode == hook->mode);
	if (!*kept)
		return EXIT_OK;
	report->attached.id = own->id;
	report->attached.mode = hook->mode;
	report->attached.dispatcher = hook->dispatcher;
	snprintf(report->program, sizeof(report->program), "%s", own->name);
	return EXIT_OK;
}

int map_user_require(struct transaction *transaction, const struct reload_load *load,
		     const char *map, struct reload_report *report)
{
	const struct pin *own = attach_find_own(&transaction->live, &transaction->hook);
	bool kept = false;
	int code = EXIT_OK;

	*report = (struct reload_report){ .attached.fd = -1 };
	if (own) {
		transaction_report_gone(&transaction->hook, own->id, report);
		code = keep_own(transaction, load, map, own, report, &kept);
	}
	return code || kept ? code : load_and_replace(transaction, load, map, own, report);
}

/* Our program that has a map of that name, or NULL: the attached one, if it has it, as those that
 * it hands packets to may have it too. 0 or -errno, with a message.
 */
static int find_user(const struct transaction *transaction, const char *map,
		     const struct pin **user)
{
	const struct pin_list *live = &transaction->live;
	__u32 id = 0;
	size_t i;
	int err = 0;

	*user = attach_find_own(live, &transaction->hook);
	if (*user) {
		err = pin_list_find_map(live, *user, map, &id);
		if (err || id)
			return err;
		*user = NULL;
	}
	for (i = 0; i < live->count && !err && !*user; i++) {
		if (live->pins[i].kind != PIN_PROGRAM)
			continue;
		err = pin_list_find_map(live, &live->pins[i], map, &id);
		if (id)
			*user = &live->pins[i];
	}
	return err;
}

/* No program of ours has the map. That is an error only if a program is attached. Returns 0, or
 * prints a message and returns the exit code for it.
 */
static int refuse_other_program(const struct transaction *transaction, const char *map)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct pin *own = attach_find_own(&transaction->live, hook);

	if (!hook->main_id) {
		if (transaction->live.count)
			log_warn("%s has pins of no program with a map %s: left alone; 'xdp_loader "
				 "-d %s --unpin' removes them",
				 transaction->reload->dir.path, map, hook->device);
		return EXIT_OK;
	}
	if (own)
		log_error("could not remove from %s: program %u (%s), which xdp_loader attached "
			  "there, has no map %s; 'xdp_loader -d %s --unload' detaches it",
			  hook->device, own->id, own->name, map, hook->device);
	else
		log_error("could not remove from %s: program %u (%s), which is there, is not ours; "
			  "whoever attached it can detach it",
			  hook->device, hook->ids[0], xdp_state_name(hook, hook->ids[0]));
	return EXIT_XDP;
}

int map_user_remove(const struct transaction *transaction, const char *map,
		    struct reload_report *report)
{
	const struct pin *own;

	*report = (struct reload_report){ .attached.fd = -1 };
	if (find_user(transaction, map, &own))
		return EXIT_BPF;
	if (!own)
		return refuse_other_program(transaction, map);
	if (!transaction->reload->ifindex && repair_remove_dispatchers(transaction))
		return EXIT_FAILED; /* the lock is libxdp's */
	return unload_program(transaction, own->id, own, false, report);
}
