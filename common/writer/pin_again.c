// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* --pin: the pins of what is attached, once more. They are staged and committed as those of a load,
 * so that one that is killed is finished by the next command.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bpf_info.h"
#include "commit.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_stage.h"
#include "transaction.h"

/* The program to pin: ours, or with @force whichever is alone on the hook. 0: there is none, with a
 * message.
 */
static __u32 find_program(const struct transaction *transaction, bool force)
{
	const struct xdp_state *hook = &transaction->hook;
	const struct pin *own = attach_find_own(&transaction->live, hook);

	if (own)
		return own->id;
	if (!hook->count)
		log_error("could not pin what is attached to %s: no XDP program is", hook->device);
	else if (hook->count > 1)
		log_error(
			"could not pin what is attached to %s: %zu programs are, and nothing says "
			"which one is ours; load again",
			hook->device, hook->count);
	else if (!force)
		log_error("could not pin program %u (%s) of %s: nothing says that it is ours; give "
			  "--force to take it for ours",
			  hook->ids[0], xdp_state_name(hook, hook->ids[0]), hook->device);
	else
		return hook->ids[0];
	return 0;
}

/* Writes the map's name: all of it if the program's BTF @btf, which may be NULL, has a map that
 * begins so, as the kernel keeps only 15 characters. 0, or -EEXIST with a message: it has two.
 */
static int find_map_name(const struct btf *btf, const char *kept, char *name, size_t size)
{
	__u32 id, count = btf ? btf__type_cnt(btf) : 0;
	const char *found = NULL;

	snprintf(name, size, "%s", kept);
	for (id = 1; id < count && strlen(kept) == BPF_OBJ_NAME_LEN - 1; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *full = btf__name_by_offset(btf, type->name_off);

		if (!btf_is_var(type) || !full || strncmp(full, kept, strlen(kept)))
			continue;
		if (found) {
			log_error("could not tell map %s from map %s: the kernel keeps 15 "
				  "characters of a name; load the program again",
				  found, full);
			return -EEXIST;
		}
		found = full;
		snprintf(name, size, "%s", full);
	}
	return 0;
}

/* Stages a pin of map @id unless it has one. 0 or -errno, with a message. */
static int stage_map(const struct transaction *transaction, const struct btf *btf, __u32 id)
{
	struct bpf_map_info info;
	char name[256];
	int fd, err;

	if (pin_list_find(&transaction->live, PIN_MAP, id))
		return 0;
	fd = bpf_map_get_fd_by_id(id);
	err = fd < 0 ? -errno : bpf_info_map(fd, &info);
	if (err) {
		log_error("could not open map %u: %s%s", id, strerror(-err),
			  log_missing_right(err, "CAP_SYS_ADMIN"));
	} else {
		err = find_map_name(btf, info.name, name, sizeof(name));
		if (!err)
			err = pin_stage_add(&transaction->reload->dir, PIN_STAGED, PIN_MAP, name,
					    fd);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* The program comes last, as in a load. 0 or -errno, with a message. */
static int stage(const struct transaction *transaction, __u32 id, int fd)
{
	struct bpf_prog_info info;
	struct bpf_maps maps = { 0 };
	struct btf *btf = NULL;
	size_t i;
	int err = bpf_info_program(fd, &info);

	if (!err)
		err = bpf_info_maps(fd, &maps);
	if (err)
		attach_fail_to_look_at(id, err);
	else
		btf = info.btf_id ? btf__load_from_kernel_by_id(info.btf_id) : NULL;
	for (i = 0; i < maps.count && !err; i++)
		err = stage_map(transaction, btf, maps.ids[i]);
	if (!err)
		err = pin_stage_add(&transaction->reload->dir, PIN_STAGED, PIN_PROGRAM,
				    xdp_state_name(&transaction->hook, id), fd);
	btf__free(btf);
	bpf_maps_free(&maps);
	return err;
}

static int pin_program(struct transaction *transaction, __u32 id, struct reload_report *report)
{
	struct attach_result attached = { .id = id, .before_fd = -1 };
	int code = EXIT_BPF;

	attached.fd = attach_open_program(&transaction->hook, id);
	if (attached.fd < 0) {
		attach_fail_to_look_at(id, attached.fd);
		return EXIT_BPF;
	}
	if (!transaction_take_ownership(transaction) && !stage(transaction, id, attached.fd))
		code = commit_load(transaction->reload, &attached, report);
	else
		pin_stage_drop(&transaction->reload->dir);
	if (code)
		transaction_give_ownership_back(transaction);
	close(attached.fd);
	return code;
}

int reload_pin(struct reload *reload, bool force, struct reload_report *report)
{
	struct transaction transaction;
	__u32 id;
	int code = transaction_begin(reload, &transaction, force);

	*report = (struct reload_report){ .attached.fd = -1 };
	if (code)
		return code;
	id = find_program(&transaction, force);
	code = id ? pin_program(&transaction, id, report) : EXIT_XDP;
	if (!code)
		snprintf(report->program, sizeof(report->program), "%s",
			 xdp_state_name(&transaction.hook, id));
	report->attached.id = id;
	transaction_end(&transaction);
	return code;
}
