// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "reload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "device.h"
#include "log.h"

/* What every transaction has open between begin() and end(). */
struct transaction {
	struct reload *reload;
	struct attach_hook hook;
	struct pin_list live;
	sigset_t signals;
};

static int get_program(int fd, struct bpf_prog_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

static bool has_program(const struct pin_list *pins)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pins->pins[i].kind == PIN_PROGRAM)
			return true;
	return false;
}

static int refuse_namesake(const struct pin_dir *dir, const char *own, const char *other)
{
	log_error("could not use %s for %s: the pins there belong to %s, which goes by the same "
		  "name in a BPF filesystem; unload %s first, or choose another --pin-base",
		  dir->path, own, other, other);
	return -EEXIST;
}

/* Two devices, or network namespaces, may go by one name in the BPF filesystem; the pins then
 * belong to the one that runs a program of them.
 */
static int check_namesake(const struct pin_dir *dir, const struct pin_list *live,
			  const struct attach_hook *own)
{
	char other[IF_NAMESIZE], netns_name[NAME_MAX + 1], other_netns[NAME_MAX + 1];
	struct attach_hook hook;
	int ifindex, err;

	if (!has_program(live) || attach_find_own(live, own))
		return 0;
	if (dir->netns) {
		device_pin_name(dir->netns, netns_name);
		if (device_find_netns(netns_name, dir->netns, other_netns))
			return refuse_namesake(dir, dir->netns, other_netns);
	}
	if (!device_find_namesake(dir->device, other))
		return 0;
	ifindex = if_nametoindex(other);
	if (!ifindex)
		return 0;
	err = attach_query(&hook, other, ifindex);
	if (err || !attach_find_own(live, &hook))
		return err;
	return refuse_namesake(dir, dir->device, other);
}

/* Removes the program's pin and those of the maps that it alone uses. */
static int remove_program(const struct pin_list *live, const struct pin *program,
			  struct reload_report *report)
{
	size_t i, j;
	int err;

	for (i = 0; i < live->count; i++) {
		const struct pin *map = &live->pins[i];
		bool shared = false;

		if (map->kind != PIN_MAP || !pin_program_uses(program->fd, map->id))
			continue;
		for (j = 0; j < live->count; j++)
			shared |= live->pins[j].kind == PIN_PROGRAM && &live->pins[j] != program &&
				  pin_program_uses(live->pins[j].fd, map->id);
		if (shared)
			continue;
		err = pin_remove(map);
		if (err)
			return err;
		report->maps_removed++;
	}
	err = pin_remove(program);
	if (!err)
		report->programs_removed++;
	return err;
}

static int remove_kind(const struct pin_list *live, enum pin_kind kind, size_t *removed)
{
	size_t i;
	int err;

	for (i = 0; i < live->count; i++) {
		if (live->pins[i].kind != kind)
			continue;
		err = pin_remove(&live->pins[i]);
		if (err)
			return err;
		++*removed;
	}
	return 0;
}

static void say_left_alone(const struct pin_list *live)
{
	size_t i;

	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_OTHER)
			log_warn("%s is no pin of ours: left alone", live->pins[i].path);
}

/* Commits what is staged for program @fd, which is attached. Of the live pins, those go that one
 * of our own earlier programs vouches for and the new one has no use for; then those programs. The
 * program's own pin, by which a repair knows that there is something to finish, moves last: this
 * can be stopped anywhere and called again.
 */
static int finish_load(const struct pin_dir *dir, int fd, struct reload_report *report)
{
	struct pin_list live = { 0 }, staged = { 0 };
	struct bpf_prog_info program;
	size_t i;
	int err;

	err = get_program(fd, &program);
	if (err)
		log_error("could not look at the attached program: %s", strerror(-err));
	else
		err = pin_dir_read(dir, PIN_LIVE, &live);
	if (!err)
		err = pin_dir_read(dir, PIN_STAGED, &staged);
	if (!err)
		err = pin_dir_commit(dir, PIN_MAP);
	for (i = 0; i < live.count && !err; i++) {
		const struct pin *pin = &live.pins[i];

		if (pin->kind != PIN_MAP || pin_program_uses(fd, pin->id) ||
		    pin_list_find_name(&staged, PIN_MAP, pin->name) ||
		    !pin_list_vouches(&live, pin->id))
			continue;
		err = pin_remove(pin);
		report->maps_removed += !err;
	}
	for (i = 0; i < live.count && !err; i++) {
		const struct pin *pin = &live.pins[i];

		if (pin->kind == PIN_PROGRAM && pin->id != program.id &&
		    !pin_list_find_name(&staged, PIN_PROGRAM, pin->name))
			err = pin_remove(pin);
	}
	if (!err)
		err = pin_dir_commit(dir, PIN_PROGRAM);
	pin_list_close(&live);
	pin_list_close(&staged);
	return err;
}

/* The program on the hook that is the staged one. Through the dispatcher it is not the same
 * program, as the kernel loads it anew: then it is the one of the same instructions and maps.
 * Its descriptor, or -ENOENT.
 */
static int open_attached(const struct attach_hook *hook, const struct pin_list *staged,
			 const struct pin *program)
{
	struct bpf_prog_info wanted, info;
	size_t i, j;

	if (get_program(program->fd, &wanted))
		return -ENOENT;
	for (i = 0; i < hook->count; i++) {
		int fd = bpf_prog_get_fd_by_id(hook->ids[i]);
		bool same = fd >= 0 && !get_program(fd, &info) &&
			    !memcmp(info.tag, wanted.tag, sizeof(info.tag));

		for (j = 0; j < staged->count && same; j++)
			same = staged->pins[j].kind != PIN_MAP ||
			       pin_program_uses(fd, staged->pins[j].id);
		if (same)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -ENOENT;
}

/* Stages @fd where another program was staged under this name. */
static int restage_program(const struct pin_dir *dir, const char *name, int fd)
{
	struct pin_list staged;
	size_t removed = 0;
	int err = pin_dir_read(dir, PIN_STAGED, &staged);

	if (!err)
		err = remove_kind(&staged, PIN_PROGRAM, &removed);
	pin_list_close(&staged);
	return err ? err : pin_dir_stage(dir, PIN_PROGRAM, name, fd);
}

static int repair_load(const struct pin_dir *dir, const struct attach_hook *hook, bool *repaired)
{
	struct reload_report ignored = { 0 };
	struct pin_list staged;
	const struct pin *program = NULL;
	int fd = -1, err;
	size_t i;

	err = pin_dir_read(dir, PIN_STAGED, &staged);
	for (i = 0; i < staged.count && !program; i++)
		if (staged.pins[i].kind == PIN_PROGRAM)
			program = &staged.pins[i];
	*repaired = staged.count > 0;
	if (!err && program)
		fd = open_attached(hook, &staged, program);
	if (!err && fd >= 0) {
		err = restage_program(dir, program->name, fd);
		if (!err)
			err = finish_load(dir, fd, &ignored);
	} else if (!err) {
		err = pin_dir_unstage(dir);
	}
	if (fd >= 0)
		close(fd);
	pin_list_close(&staged);
	return err;
}

static int repair_unload(const struct pin_dir *dir, const struct attach_hook *hook)
{
	struct reload_report ignored = { 0 };
	struct pin_list live;
	size_t i;
	int err = pin_dir_read(dir, PIN_LIVE, &live);

	for (i = 0; i < live.count && !err; i++)
		if (live.pins[i].kind == PIN_PROGRAM && !attach_hook_has(hook, live.pins[i].id))
			err = remove_program(&live, &live.pins[i], &ignored);
	pin_list_close(&live);
	return err ? err : pin_dir_end_unload(dir);
}

static int repair(const struct pin_dir *dir, const struct attach_hook *hook)
{
	bool load = false, unload = pin_dir_unload_begun(dir);
	int err = repair_load(dir, hook, &load);

	if (!err && unload)
		err = repair_unload(dir, hook);
	if (!err && (load || unload))
		log_info("repaired %s, which an earlier run left in the middle of its work",
			 dir->path);
	return err;
}

/* Ctrl-C in the middle would leave work for the next run; it can wait these milliseconds. */
static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, before);
}

static void end(struct transaction *transaction)
{
	pin_list_close(&transaction->live);
	pin_dir_unlock(&transaction->reload->dir);
	sigprocmask(SIG_SETMASK, &transaction->signals, NULL);
}

static int begin(struct reload *reload, struct transaction *transaction)
{
	struct attach_hook *hook = &transaction->hook;
	int err;

	*transaction = (struct transaction){ .reload = reload };
	sigprocmask(SIG_BLOCK, NULL, &transaction->signals);
	reload->failure = RELOAD_FAILED_BPF;
	err = pin_dir_need_bpffs(reload->dir.base, true);
	if (err)
		return err;

	reload->failure = RELOAD_FAILED;
	err = pin_dir_lock(&reload->dir, true, reload->lock_timeout_ms);
	if (err)
		return err;
	hold_signals(&transaction->signals);

	reload->failure = RELOAD_FAILED_XDP;
	if (reload->ifindex)
		err = attach_query(hook, reload->dir.device, reload->ifindex);
	else
		*hook = (struct attach_hook){ .device = reload->dir.device };
	if (err)
		goto out;

	reload->failure = RELOAD_FAILED_BPF;
	err = pin_dir_read(&reload->dir, PIN_LIVE, &transaction->live);
	if (!err)
		err = check_namesake(&reload->dir, &transaction->live, hook);
	if (err)
		goto out;
	err = repair(&reload->dir, hook);
	if (!err) {
		pin_list_close(&transaction->live);
		err = pin_dir_read(&reload->dir, PIN_LIVE, &transaction->live);
	}
out:
	if (err)
		end(transaction);
	return err;
}

static int choose_maps(const struct transaction *transaction, const struct reload_load *load,
		       struct object *object, struct reload_report *report)
{
	bool refused = false;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, object->bpf) {
		char name[NAME_MAX + 1];
		const struct pin *pin;

		snprintf(name, sizeof(name), "%s", bpf_map__name(map));
		device_pin_name(name, name);
		pin = pin_list_find_name(&transaction->live, PIN_MAP, name);
		report->maps_new++;
		if (!load->reuse_maps || !pin || object_map_is_constant(map))
			continue;
		err = object_reuse_map(map, pin);
		if (err == -EEXIST && load->force) {
			log_warn("map %s is new: what the pinned one has counted is gone",
				 bpf_map__name(map));
			continue;
		}
		if (err && err != -EEXIST)
			return err;
		refused |= err == -EEXIST;
		report->maps_new--;
		report->maps_reused++;
	}
	if (!refused)
		return 0;
	log_error("load without --reuse-maps to start from zero, or with --force to replace the "
		  "maps that differ");
	return -EEXIST;
}

/* Whether nothing of somebody else's stands at the live name. */
static int check_free(const struct transaction *transaction, const char *name)
{
	char pin_name[NAME_MAX + 1];
	const struct pin *other;

	snprintf(pin_name, sizeof(pin_name), "%s", name);
	device_pin_name(pin_name, pin_name);
	other = pin_list_find_name(&transaction->live, PIN_OTHER, pin_name);
	if (!other)
		return 0;
	log_error("could not pin %s: %s is there, and is no pin of ours; move it away", name,
		  other->path);
	return -EEXIST;
}

/* The new maps and the program, beside the live pins. */
static int stage(const struct transaction *transaction, const struct object *object)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, object->bpf) {
		struct bpf_map_info info = { 0 };
		__u32 size = sizeof(info);

		if (bpf_map__fd(map) < 0)
			continue; /* told not to be made */
		if (bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size)) {
			log_error("could not look at map %s: %s", bpf_map__name(map),
				  strerror(errno));
			return -errno;
		}
		err = check_free(transaction, bpf_map__name(map));
		if (!err && !pin_list_find(&transaction->live, PIN_MAP, info.id))
			err = pin_dir_stage(dir, PIN_MAP, bpf_map__name(map), bpf_map__fd(map));
		if (err)
			return err;
	}
	err = check_free(transaction, object_program_name(object));
	return err ? err :
		     pin_dir_stage(dir, PIN_PROGRAM, object_program_name(object),
				   object_program_fd(object));
}

static void remember_old(__u32 id, struct reload_report *report)
{
	report->old_id = id;
	attach_program_name(id, report->old_program, sizeof(report->old_program));
}

static int load_object(struct transaction *transaction, const struct reload_load *load,
		       struct object *object, struct reload_report *report)
{
	int err;

	transaction->reload->failure = RELOAD_FAILED_BPF;
	err = object_open(object, load->image, load->program);
	if (!err)
		err = choose_maps(transaction, load, object, report);
	if (!err)
		err = object_load(object);
	if (!err)
		err = stage(transaction, object);
	return err;
}

/* Pins of before come back, those that came after go. */
static void restore_pins(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct pin_list now;
	size_t i;

	pin_dir_unstage(dir);
	if (!pin_dir_read(dir, PIN_LIVE, &now))
		for (i = 0; i < now.count; i++)
			if (now.pins[i].kind != PIN_OTHER &&
			    !pin_list_find_name(&transaction->live, now.pins[i].kind,
						now.pins[i].name))
				pin_remove(&now.pins[i]);
	pin_list_close(&now);
	for (i = 0; i < transaction->live.count; i++)
		if (transaction->live.pins[i].kind != PIN_OTHER)
			pin_restore(&transaction->live.pins[i]);
}

/* Attaches what is loaded and staged, and commits it. */
static int put_in_place(struct transaction *transaction, const struct attach_request *request,
			struct reload_report *report)
{
	struct reload *reload = transaction->reload;
	struct attach_result *attached = &report->attached;
	int err;

	reload->failure = RELOAD_FAILED_XDP;
	err = attach_program(&transaction->hook, request, attached);
	if (err)
		return err;
	err = attach_read_back(&transaction->hook, attached);
	if (!err) {
		reload->failure = RELOAD_FAILED_BPF;
		if (attached->dispatcher)
			err = restage_program(&reload->dir, object_program_name(request->object),
					      attached->fd);
	}
	if (!err)
		err = finish_load(&reload->dir, attached->fd, report);
	if (err) {
		attach_undo(&transaction->hook, request, attached);
		restore_pins(transaction);
	}
	return err;
}

int reload_load(struct reload *reload, const struct reload_load *load, struct reload_report *report)
{
	struct transaction transaction;
	struct object object = { 0 };
	struct attach_request request = {
		.object = &object,
		.mode = load->mode,
		.direct = load->direct,
		.force = load->force,
		.old_fd = -1,
	};
	const struct pin *old;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction);
	if (err)
		return err;
	old = attach_find_own(&transaction.live, &transaction.hook);
	if (old) {
		remember_old(old->id, report);
		request.old_id = old->id;
		request.old_fd = old->fd;
	}

	err = load_object(&transaction, load, &object, report);
	if (!err)
		err = put_in_place(&transaction, &request, report);
	if (err)
		pin_dir_unstage(&reload->dir);
	else
		snprintf(report->program, sizeof(report->program), "%s",
			 object_program_name(&object));

	if (report->attached.fd >= 0)
		close(report->attached.fd);
	object_close(&object);
	end(&transaction);
	return err;
}

/* Says why program @id, or where that is 0 a program of ours, cannot be unloaded. */
static int refuse_unload(const struct attach_hook *hook, __u32 id, const struct pin *own)
{
	char name[BPF_OBJ_NAME_LEN];

	if (!hook->main_id)
		log_error("could not unload from %s: no XDP program is attached to it",
			  hook->device);
	else if (id && !attach_hook_has(hook, id))
		log_error("could not unload program %u from %s: it is not there; %u (%s) is", id,
			  hook->device, hook->ids[0],
			  attach_program_name(hook->ids[0], name, sizeof(name)));
	else if (!own)
		log_error("could not unload from %s: program %u (%s), which is there, is not ours; "
			  "give its ID and --force to take it off",
			  hook->device, id ? id : hook->ids[0],
			  attach_program_name(id ? id : hook->ids[0], name, sizeof(name)));
	return -ENOENT;
}

int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction);
	if (err)
		return err;

	own = id ? pin_list_find(&transaction.live, PIN_PROGRAM, id) :
		   attach_find_own(&transaction.live, &transaction.hook);
	reload->failure = RELOAD_FAILED_XDP;
	if (!attach_hook_has(&transaction.hook, id ? id : own ? own->id : 0) || (!own && !force)) {
		err = refuse_unload(&transaction.hook, id, own);
		goto out;
	}
	remember_old(own ? own->id : id, report);

	err = own ? pin_dir_begin_unload(&reload->dir) : 0;
	if (!err)
		err = attach_remove(&transaction.hook, report->old_id, force);
	if (!err && own) {
		reload->failure = RELOAD_FAILED_BPF;
		err = remove_program(&transaction.live, own, report);
	}
	if (own)
		pin_dir_end_unload(&reload->dir);
out:
	end(&transaction);
	return err;
}

int reload_unload_all(struct reload *reload, bool force, struct reload_report *report)
{
	struct transaction transaction;
	struct attach_hook *hook = &transaction.hook;
	char name[BPF_OBJ_NAME_LEN];
	size_t i;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction);
	if (err)
		return err;

	reload->failure = RELOAD_FAILED_XDP;
	for (i = 0; i < hook->count && !force; i++) {
		if (pin_list_find(&transaction.live, PIN_PROGRAM, hook->ids[i]))
			continue;
		log_error("could not unload all from %s: program %u (%s) there is not ours; give "
			  "--force to take it off too",
			  hook->device, hook->ids[i],
			  attach_program_name(hook->ids[i], name, sizeof(name)));
		err = -EBUSY;
		goto out;
	}
	if (hook->count)
		remember_old(hook->ids[0], report);

	err = pin_dir_begin_unload(&reload->dir);
	if (!err && hook->main_id)
		err = attach_remove_all(hook, force);
	if (!err) {
		reload->failure = RELOAD_FAILED_BPF;
		err = remove_kind(&transaction.live, PIN_MAP, &report->maps_removed);
	}
	if (!err)
		err = remove_kind(&transaction.live, PIN_PROGRAM, &report->programs_removed);
	pin_dir_end_unload(&reload->dir);
	say_left_alone(&transaction.live);
out:
	end(&transaction);
	return err;
}

int reload_unpin(struct reload *reload, bool maps, bool programs, struct reload_report *report)
{
	struct transaction transaction;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction);
	if (err)
		return err;
	reload->failure = RELOAD_FAILED_BPF;
	if (maps)
		err = remove_kind(&transaction.live, PIN_MAP, &report->maps_removed);
	if (!err && programs)
		err = remove_kind(&transaction.live, PIN_PROGRAM, &report->programs_removed);
	say_left_alone(&transaction.live);
	end(&transaction);
	return err;
}
