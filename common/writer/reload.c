// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "reload.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_info.h"
#include "bpffs_mount.h"
#include "device.h"
#include "dispatcher_pins.h"
#include "exit_codes.h"
#include "log.h"
#include "pin_live.h"
#include "pin_lock.h"
#include "pin_stage.h"

/* What every transaction has open between begin() and end(). */
struct transaction {
	struct reload *reload;
	struct attach_hook hook;
	struct pin_list live, staged; /* staged by an earlier run, and then by this one */
	sigset_t signals;
	struct owner before; /* of the directory, if it had one */
	bool had_owner, took_ownership;
};

static const struct pin *find_program(const struct pin_list *pins)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pins->pins[i].kind == PIN_PROGRAM)
			return &pins->pins[i];
	return NULL;
}

/* 0: the directory is the device's, or whose it was is gone, or it is nobody's; with a message, -EEXIST:
 * it is another's, or of before there were owner links and of a program that is not attached here.
 */
static int check_owner(const struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	char text[2 * IF_NAMESIZE + NAME_MAX + 80], now[IF_NAMESIZE];
	struct owner owner;
	int err = pin_dir_owner(dir, &owner);

	if (err == -ENOENT) {
		if (!dir->own.ifindex || !find_program(&transaction->live) ||
		    attach_find_own(&transaction->live, &transaction->hook))
			return 0;
		log_error("could not use %s for %s: nothing says whose it is, and none of its "
			  "programs is attached to %s; --unpin --force removes its pins, --force "
			  "takes them over",
			  dir->path, dir->device, dir->device);
		return -EEXIST;
	}
	if (err || !dir->own.netns || (dir->own.ifindex && owner_is_same(&owner, &dir->own)))
		return err;
	if (owner_is_same_netns(&owner, &dir->own)) {
		err = owner_name_now(&owner, now);
		if (err)
			return err == -ENODEV ? 0 : err;
	}
	log_error("could not use %s for %s: its pins belong to %s; unload there, choose another "
		  "--pin-base, or take them over with --force",
		  dir->path, dir->device, owner_describe(&owner, &dir->own, text, sizeof(text)));
	return -EEXIST;
}

/* The device becomes the owner, if it is not yet, until a load that fails gives that back. */
static int take_ownership(struct transaction *transaction)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	int err = pin_dir_owner(dir, &transaction->before);

	if (err && err != -ENOENT)
		return err;
	transaction->had_owner = !err;
	if (!err && owner_is_same(&transaction->before, &dir->own) &&
	    !strcmp(transaction->before.device, dir->own.device))
		return 0;
	transaction->took_ownership = true;
	return pin_lock_set_owner(dir, &dir->own);
}

static void give_ownership_back(const struct transaction *transaction)
{
	if (transaction->took_ownership)
		pin_lock_set_owner(&transaction->reload->dir,
				   transaction->had_owner ? &transaction->before : NULL);
}

/* Removes the program's pin and those of the maps that it alone uses. */
static int remove_program(const struct pin_dir *dir, const struct pin_list *live,
			  const struct pin *program, struct reload_report *report)
{
	size_t i, j;
	int err;

	for (i = 0; i < live->count; i++) {
		const struct pin *map = &live->pins[i];
		bool shared = false;

		if (map->kind != PIN_MAP || !bpf_maps_have(&program->maps, map->id))
			continue;
		for (j = 0; j < live->count; j++)
			shared |= live->pins[j].kind == PIN_PROGRAM && &live->pins[j] != program &&
				  bpf_maps_have(&live->pins[j].maps, map->id);
		if (shared)
			continue;
		err = pin_live_remove(dir, map);
		if (err)
			return err;
		report->maps_removed++;
	}
	err = pin_live_remove(dir, program);
	if (!err)
		report->programs_removed++;
	return err;
}

static int remove_kind(const struct transaction *transaction, enum pin_kind kind, size_t *removed)
{
	const struct pin_list *live = &transaction->live;
	size_t i;
	int err;

	for (i = 0; i < live->count; i++) {
		if (live->pins[i].kind != kind)
			continue;
		err = pin_live_remove(&transaction->reload->dir, &live->pins[i]);
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

/* Commits what is staged for the program that is attached. Of the live pins, those go that one of
 * our own earlier programs vouches for and the new one has no use for; then those programs. The
 * program's own pin, by which a repair knows that there is something to finish, moves last: this
 * can be stopped anywhere and called again. All that the kernel is asked comes before the first
 * change. Where it fails, undo() leads back, even after the last pin has
 * moved; but not where a direct program took the place of libxdp's dispatcher, once that one's pins
 * have gone. By our old program's pin a repair knows whose they are: they go first.
 */
static int finish_load(struct reload *reload, struct attach_result *attached,
		       struct reload_report *report)
{
	const struct pin_dir *dir = &reload->dir;
	struct pin_list live = { 0 }, staged = { 0 };
	struct bpf_maps maps;
	size_t i;
	int err;

	err = bpf_info_maps(attached->fd, &maps);
	if (err)
		log_error("could not look at the attached program: %s", strerror(-err));
	else
		err = pin_list_read(dir, PIN_LIVE, &live);
	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &staged);
	if (!err && !find_program(&staged)) {
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
		err = attach_let_dispatcher_go(attached, reload->lock_timeout_ms);
		if (err == -ETIMEDOUT)
			reload->failure = RELOAD_FAILED;
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
	pin_list_close(&live);
	pin_list_close(&staged);
	return err;
}

static int get_two_programs(int fd, struct bpf_prog_info *info, int other_fd,
			    struct bpf_prog_info *other)
{
	int err = bpf_info_program(fd, info);

	if (!err)
		err = bpf_info_program(other_fd, other);
	if (err)
		log_error("could not compare two programs: %s", strerror(-err));
	return err;
}

/* Whether two programs have the same instructions: 1, 0 or -errno, with a message. */
static int is_same_code(int fd, int other_fd)
{
	struct bpf_prog_info info, other;
	int err = get_two_programs(fd, &info, other_fd, &other);

	return err ? err : !memcmp(info.tag, other.tag, sizeof(info.tag));
}

/* Whether @fd can be what libxdp has loaded of the program @loaded: it was loaded later, by the same user.
 * 1, 0 or -errno, with a message.
 */
static int is_loaded_of(int fd, int loaded)
{
	struct bpf_prog_info info, first;
	int err = get_two_programs(fd, &info, loaded, &first);

	return err ? err :
		     !memcmp(info.tag, first.tag, sizeof(info.tag)) &&
			       info.created_by_uid == first.created_by_uid &&
			       info.load_time >= first.load_time;
}

static int fail_to_look_at(__u32 id, int err)
{
	log_error("could not look at program %u: %s%s", id, strerror(-err),
		  log_missing_right(err, "CAP_SYS_ADMIN"));
	return err;
}

/* Whether libxdp has loaded program @fd from the staged one: it has the same instructions, and uses no other
 * maps. 1, 0 or -errno, with a message.
 */
static int is_copy_of_staged(int fd, __u32 id, const struct pin *staged)
{
	struct bpf_maps maps;
	int err = bpf_info_maps(fd, &maps), same;
	size_t i;

	if (err)
		return fail_to_look_at(id, err);
	same = is_loaded_of(fd, staged->fd);
	for (i = 0; same > 0 && i < maps.count; i++)
		same = bpf_maps_have(&staged->maps, maps.ids[i]);
	return same;
}

/* Whether program @id is the staged one, or behind the dispatcher a copy of it. As above. */
static int is_staged(const struct attach_hook *hook, __u32 id, const struct pin *staged)
{
	int fd, same;

	if (!hook->dispatcher || id == staged->id)
		return id == staged->id;
	fd = attach_open_program(hook, id);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fail_to_look_at(id, fd); /* gone in between */
	same = is_copy_of_staged(fd, id, staged);
	close(fd);
	return same;
}

/* What a load that was stopped between its two steps has left on the hook. */
struct attached {
	__u32 id;			   /* of the new program; 0: not attached */
	__u32 others[ATTACH_MAX_PROGRAMS]; /* what must still go: the old one, and the stand-in */
	size_t count;
};

/* The stand-in runs before the program that it stands in for. 0 or -errno, with a message. */
static int find_attached(const struct transaction *transaction, const struct pin *staged,
			 struct attached *attached)
{
	const struct attach_hook *hook = &transaction->hook;
	size_t i;

	*attached = (struct attached){ 0 };
	for (i = hook->count; i-- > 0;) {
		bool old = pin_list_find(&transaction->live, PIN_PROGRAM, hook->ids[i]);
		int new = old ? 0 : is_staged(hook, hook->ids[i], staged);

		if (new < 0)
			return new;
		if (!old && !new)
			continue;
		if (!old && !attached->id)
			attached->id = hook->ids[i];
		else
			attached->others[attached->count++] = hook->ids[i];
	}
	return 0;
}

/* Binds the maps of program @from to @fd too. */
static int tie_maps(int fd, const struct pin *from)
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
	if (err)
		log_error("could not bind a map to the attached program: %s", strerror(-err));
	return err;
}

/* Stages @fd, which libxdp has loaded of the staged program, in its place. */
static int restage_program(const struct pin_dir *dir, int fd)
{
	struct pin_list staged;
	size_t i;
	int err = pin_list_read(dir, PIN_STAGED, &staged);

	for (i = 0; i < staged.count && !err; i++) {
		if (staged.pins[i].kind != PIN_PROGRAM)
			continue;
		err = tie_maps(fd, &staged.pins[i]);
		if (!err)
			err = pin_stage_exchange(dir, &staged.pins[i], fd);
	}
	pin_list_close(&staged);
	return err;
}

/* The load got as far as the hook: what it had still to do. */
static int repair_forward(const struct transaction *transaction, const struct attached *attached)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct attach_result result = { .id = attached->id, .before_fd = -1 };
	struct reload_report ignored = { 0 };
	int err = 0;

	result.fd = attach_open_program(&transaction->hook, attached->id);
	if (result.fd < 0)
		return fail_to_look_at(attached->id, result.fd);
	if (attached->count)
		err = attach_remove(&transaction->hook, attached->others, attached->count, false);
	if (!err)
		err = restage_program(dir, result.fd);
	if (!err)
		err = finish_load(transaction->reload, &result, &ignored);
	close(result.fd);
	return err;
}

/* The name says where the program was. */
static const char *replaced_name(int ifindex, enum attach_mode mode, char *name, size_t size)
{
	snprintf(name, size, "%s-%d", attach_mode_name(mode), ifindex);
	return name;
}

/* Whether the kernel may have to empty the hook before it takes the new program. */
static bool may_empty_hook(const struct attach_hook *hook, const struct attach_request *request)
{
	bool changes_mode = request->mode != ATTACH_AUTO && request->mode != hook->mode;
	bool may_break_link = request->force && !hook->dispatcher;

	return hook->main_id && (changes_mode || may_break_link);
}

/* Keeps what is on the hook for whoever finds it empty: the old program of ours; where that is not
 * all there is, what the kernel runs.
 */
static int keep_replaced(const struct transaction *transaction,
			 const struct attach_request *request)
{
	const struct attach_hook *hook = &transaction->hook;
	bool dispatched = hook->dispatcher && request->old_id;
	int err, fd = dispatched ? request->old_fd : attach_open_program(hook, hook->main_id);
	char name[NAME_MAX + 1];

	if (fd < 0)
		return fail_to_look_at(hook->main_id, fd);
	replaced_name(hook->ifindex, hook->mode, name, sizeof(name));
	err = pin_stage_keep_replaced(&transaction->reload->dir, name, fd);
	if (!dispatched)
		close(fd);
	return err;
}

/* The load was stopped after the old program was detached and before the new one was attached. @force gives
 * up a program that cannot be attached again.
 */
static int put_replaced_back(const struct transaction *transaction, bool force)
{
	const struct attach_hook *hook = &transaction->hook;
	const struct pin *replaced = NULL;
	char name[NAME_MAX + 1];
	enum attach_mode mode;
	struct pin_list pins;
	int err = pin_list_read(&transaction->reload->dir, PIN_REPLACED, &pins);

	for (mode = ATTACH_NATIVE; mode <= ATTACH_OFFLOADED && !err && !replaced; mode++) {
		replaced_name(hook->ifindex, mode, name, sizeof(name));
		replaced = pin_list_find_name(&pins, PIN_PROGRAM, name);
		if (replaced)
			err = attach_put_back(hook, replaced->fd, mode);
	}
	if (err && replaced && force) {
		log_warn("what ran on %s is given up", hook->device);
		err = 0;
	} else if (err && replaced) {
		transaction->reload->failure = RELOAD_FAILED_XDP;
		log_error("what ran on %s is kept in %s, to be put back by the next command; "
			  "'xdp_loader -d %s --unpin --force' gives it up",
			  hook->device, transaction->reload->dir.path, hook->device);
	}
	pin_list_close(&pins);
	return err;
}

/* Whether the load of program @staged has made the pin: what others have pinned meanwhile stays. */
static bool is_of_load(const struct pin *pin, const struct pin *staged)
{
	return pin->kind == PIN_PROGRAM ?
		       pin->id == staged->id :
		       pin->kind == PIN_MAP && bpf_maps_have(&staged->maps, pin->id);
}

/* The pins that were kept come back, those of the load go, and at last what was kept and staged. This can be
 * stopped anywhere and called again.
 */
static int restore_pins(const struct pin_dir *dir)
{
	struct pin_list before = { 0 }, staged = { 0 }, now = { 0 };
	const struct pin *program;
	size_t i;
	int err = pin_list_read(dir, PIN_BEFORE, &before);

	if (!err)
		err = pin_list_read(dir, PIN_STAGED, &staged);
	if (!err)
		err = pin_list_read(dir, PIN_LIVE, &now);
	program = find_program(&staged);
	for (i = 0; i < now.count && program && !err; i++)
		if (is_of_load(&now.pins[i], program) &&
		    !pin_list_find_name(&before, now.pins[i].kind, now.pins[i].name))
			err = pin_live_remove(dir, &now.pins[i]);
	for (i = 0; i < before.count && !err; i++)
		err = pin_live_restore(dir, &before.pins[i]);
	pin_list_close(&before);
	pin_list_close(&staged);
	pin_list_close(&now);
	return err ? err : pin_stage_drop(dir);
}

static int repair_load(const struct transaction *transaction, const struct pin *staged, bool kept,
		       bool force)
{
	int err = staged && !transaction->hook.main_id ? put_replaced_back(transaction, force) : 0;
	const struct pin_dir *dir = &transaction->reload->dir;
	struct attached attached = { 0 };

	if (!err && staged)
		err = find_attached(transaction, staged, &attached);
	if (err)
		return err;
	if (attached.id)
		return repair_forward(transaction, &attached);
	return kept ? restore_pins(dir) : pin_stage_drop(dir);
}

static int repair_unload(const struct pin_dir *dir, const struct attach_hook *hook)
{
	struct reload_report ignored = { 0 };
	struct pin_list live;
	size_t i;
	int err = pin_list_read(dir, PIN_LIVE, &live);

	for (i = 0; i < live.count && !err; i++)
		if (live.pins[i].kind == PIN_PROGRAM && !attach_hook_has(hook, live.pins[i].id))
			err = remove_program(dir, &live, &live.pins[i], &ignored);
	pin_list_close(&live);
	return err ? err : pin_live_end_unload(dir);
}

/* By which a dispatcher's programs are known. */
struct ours {
	const struct transaction *transaction;
	const struct pin *staged; /* NULL: none */
};

static int is_ours(int fd, __u32 program, const void *context)
{
	const struct ours *ours = context;

	if (attach_hook_has(&ours->transaction->hook, program) ||
	    pin_list_find(&ours->transaction->live, PIN_PROGRAM, program))
		return 1;
	return ours->staged ? is_copy_of_staged(fd, program, ours->staged) : 0;
}

static int remove_dispatchers(const struct ours *ours)
{
	struct reload *reload = ours->transaction->reload;
	enum reload_failure failure = reload->failure;
	int err;

	reload->failure = RELOAD_FAILED; /* to get the lock */
	err = dispatcher_pins_remove_ours(is_ours, ours, reload->lock_timeout_ms);
	if (!err)
		reload->failure = failure;
	return err;
}

static int repair(const struct transaction *transaction, bool force, bool *repaired)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct ours ours = { .transaction = transaction,
			     .staged = find_program(&transaction->staged) };
	int unload = pin_live_unload_begun(dir),
	    kept = unload < 0 ? unload : pin_stage_kept_before(dir);
	int err = kept < 0 ? kept : 0;

	if (err)
		return err;
	*repaired = transaction->staged.count || unload || kept;
	if (*repaired)
		err = remove_dispatchers(&ours);
	if (!err)
		err = repair_load(transaction, ours.staged, kept, force);
	if (!err && unload)
		err = repair_unload(dir, &transaction->hook);
	if (!err && *repaired)
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
	pin_list_close(&transaction->staged);
	pin_lock_release(&transaction->reload->dir);
	sigprocmask(SIG_SETMASK, &transaction->signals, NULL);
}

static int read_staged(struct transaction *transaction)
{
	pin_list_close(&transaction->staged);
	return pin_list_read(&transaction->reload->dir, PIN_STAGED, &transaction->staged);
}

/* What is pinned for the hook, and what is on it. */
static int read_state(struct transaction *transaction)
{
	struct reload *reload = transaction->reload;
	int err;

	reload->failure = RELOAD_FAILED_BPF;
	pin_list_close(&transaction->live);
	err = pin_list_read(&reload->dir, PIN_LIVE, &transaction->live);
	if (!err)
		err = read_staged(transaction);
	if (err)
		return err;
	reload->failure = RELOAD_FAILED_XDP;
	transaction->hook = (struct attach_hook){
		.device = reload->dir.device,
		.ifindex = reload->ifindex,
		.known = { &transaction->live, &transaction->staged },
	};
	err = reload->ifindex ? attach_query(&transaction->hook) : 0;
	if (!err)
		reload->failure = RELOAD_FAILED_BPF;
	return err;
}

/* While this waited for the lock, the device may have gone, or given its name to another one. */
static int check_device(const struct reload *reload)
{
	if (!reload->ifindex || (int)if_nametoindex(reload->dir.device) == reload->ifindex)
		return 0;
	log_error("could not use device %s: it went away, or was renamed, just now; see 'ip link'",
		  reload->dir.device);
	return -ENODEV;
}

/* @force: whoever the owner of the directory is. */
static int begin(struct reload *reload, struct transaction *transaction, bool force)
{
	bool repaired;
	int err;

	*transaction = (struct transaction){ .reload = reload };
	sigprocmask(SIG_BLOCK, NULL, &transaction->signals);
	reload->failure = RELOAD_FAILED_BPF;
	err = bpffs_mount_if_needed(reload->dir.base);
	if (err)
		return err;

	reload->failure = RELOAD_FAILED;
	if (!reload->netns_is_gone)
		err = pin_dir_set_device(&reload->dir, reload->ifindex);
	if (err)
		return err;
	err = pin_lock_take(&reload->dir, reload->lock_timeout_ms);
	if (err == -EUCLEAN)
		reload->failure = RELOAD_FAILED_BPF;
	if (err)
		return err;
	err = dispatcher_pins_wait(reload->lock_timeout_ms);
	if (err) {
		pin_lock_release(&reload->dir);
		return err;
	}
	hold_signals(&transaction->signals);

	err = check_device(reload);
	if (!err)
		err = read_state(transaction);
	if (!err && !force)
		err = check_owner(transaction);
	if (!err)
		err = repair(transaction, force, &repaired);
	if (!err && repaired)
		err = read_state(transaction);
	if (err)
		end(transaction);
	return err;
}

/* Whether none of the programs here that use the map is attached: they were taken off by somebody
 * else, or ran on a device of before whose name this one has.
 */
static bool is_left_over(const struct transaction *transaction, const struct pin *map)
{
	const struct pin_list *live = &transaction->live;
	size_t i;

	for (i = 0; i < live->count; i++)
		if (live->pins[i].kind == PIN_PROGRAM &&
		    attach_hook_has(&transaction->hook, live->pins[i].id) &&
		    bpf_maps_have(&live->pins[i].maps, map->id))
			return false;
	return pin_list_uses_map(live, map->id);
}

/* 0: nothing stands against @pin for @map; -EEXIST: what it has counted may be another device's, with
 * a message; -ENOENT: so a new map takes its place, where the kept one is all that must live on.
 */
static int check_left_over(const struct transaction *transaction, const struct reload_load *load,
			   const struct bpf_map *map, const struct pin *pin)
{
	const char *device = transaction->hook.device, *name = bpf_map__name(map);

	if (load->force || (load->keep_map && !strcmp(name, load->keep_map)) ||
	    !is_left_over(transaction, pin))
		return 0;
	if (load->keep_map) {
		log_warn("map %s is new, and what %s has counted is gone: its program is not "
			 "attached to %s, so that may be another device's; --force counts on",
			 name, pin->path, device);
		return -ENOENT;
	}
	log_error(
		"could not reuse %s for map %s: its program is not attached to %s, so what it has "
		"counted may be another device's; load without --reuse-maps to start from zero, "
		"or with --force to count on",
		pin->path, name, device);
	return -EEXIST;
}

static int choose_maps(const struct transaction *transaction, const struct reload_load *load,
		       struct object *object, struct reload_report *report)
{
	bool left_over = false, differ = false;
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
		err = check_left_over(transaction, load, map, pin);
		if (err == -ENOENT)
			continue;
		left_over |= err == -EEXIST;
		err = object_reuse_map(object, map, pin);
		if (err == -EEXIST && load->force) {
			log_warn("map %s is new: what the pinned one has counted is gone",
				 bpf_map__name(map));
			continue;
		}
		if (err && err != -EEXIST)
			return err;
		differ |= err == -EEXIST;
		report->maps_new--;
		report->maps_reused++;
	}
	if (differ)
		log_error("%swith --force to replace the maps that differ",
			  load->keep_map ? "load " :
					   "load without --reuse-maps to start from zero, or ");
	return left_over || differ ? -EEXIST : 0;
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

/* The same of a map @fd, which may also be pinned there already, or take the place of one of ours. */
static int check_free_map(const struct transaction *transaction, const char *name, __u32 id,
			  bool force)
{
	char pin_name[NAME_MAX + 1];
	const struct pin *there;

	snprintf(pin_name, sizeof(pin_name), "%s", name);
	device_pin_name(pin_name, pin_name);
	there = pin_list_find_name(&transaction->live, PIN_MAP, pin_name);
	if (!there || there->id == id || force || pin_list_uses_map(&transaction->live, there->id))
		return check_free(transaction, name);
	log_error("could not pin map %s: %s is there, and no program that is pinned beside it uses "
		  "it; give --reuse-maps to count on in it, or --force to take its place",
		  name, there->path);
	return -EEXIST;
}

/* The new maps and the program, beside the live pins. */
static int stage(const struct transaction *transaction, const struct object *object,
		 const struct reload_load *load)
{
	const struct pin_dir *dir = &transaction->reload->dir;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, object->bpf) {
		struct bpf_map_info info;

		if (bpf_map__fd(map) < 0)
			continue; /* told not to be made */
		err = bpf_info_map(bpf_map__fd(map), &info);
		if (err) {
			log_error("could not look at map %s: %s", bpf_map__name(map),
				  strerror(-err));
			return err;
		}
		/* Constants are never reused, whatever becomes of the other maps. */
		err = check_free_map(transaction, bpf_map__name(map), info.id,
				     load->force ||
					     (load->reuse_maps && object_map_is_constant(map)));
		if (!err && !pin_list_find(&transaction->live, PIN_MAP, info.id))
			err = pin_stage_add(dir, PIN_MAP, bpf_map__name(map), bpf_map__fd(map));
		if (err)
			return err;
	}
	err = check_free(transaction, object_program_name(object));
	return err ? err :
		     pin_stage_add(dir, PIN_PROGRAM, object_program_name(object),
				   object_program_fd(object));
}

static void remember_old(const struct attach_hook *hook, __u32 id, struct reload_report *report)
{
	report->old_id = id;
	attach_program_name(hook, id, report->old_program, sizeof(report->old_program));
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
		err = take_ownership(transaction);
	if (!err)
		err = stage(transaction, object, load);
	return err ? err : read_staged(transaction);
}

/* Whether an attach that failed has left the hook as it was, as far as a load goes. */
static bool has_left_nothing(const struct transaction *transaction)
{
	const struct attach_hook *before = &transaction->hook;
	const struct pin *staged = find_program(&transaction->staged);
	struct attach_hook now = *before;
	char name[IF_NAMESIZE];
	size_t i;

	if (!staged)
		return true; /* somebody has removed it */
	if (!if_indextoname(before->ifindex, name) && (errno == ENXIO || errno == ENODEV))
		return true; /* the hook has gone with the device */
	if (attach_query(&now) || (before->main_id && !now.main_id))
		return false;
	for (i = 0; i < now.count; i++)
		if (!attach_hook_has(before, now.ids[i]) && is_staged(&now, now.ids[i], staged))
			return false;
	return true;
}

static void say_not_undone(const struct transaction *transaction)
{
	log_error("the load on %s is not undone: the next command finishes it, or undoes it",
		  transaction->hook.device);
}

/* Removes the staged pins, and gives the directory back to its owner. */
static void drop_staged(const struct transaction *transaction)
{
	pin_stage_drop(&transaction->reload->dir);
	give_ownership_back(transaction);
}

/* The program's pin, by which the next run knows what to do, may have moved already. */
static int stage_again(struct transaction *transaction, int fd, const char *name)
{
	int err = read_staged(transaction);

	return err || find_program(&transaction->staged) ?
		       err :
		       pin_stage_add(&transaction->reload->dir, PIN_PROGRAM, name, fd);
}

/* The load has failed after the program was attached. What fails here too is left to the next run: that goes
 * forward while the new program is attached, and back when it is not.
 */
static void undo(struct transaction *transaction, const struct attach_request *request,
		 const struct attach_result *attached)
{
	struct pin_dir *dir = &transaction->reload->dir;
	int err = pin_lock_take_again(dir, transaction->reload->lock_timeout_ms);

	if (!err)
		err = stage_again(transaction, attached->fd, object_program_name(request->object));
	if (!err)
		err = pin_stage_keep_before(dir, &transaction->live);
	if (!err)
		err = attach_undo(&transaction->hook, request, attached);
	if (!err)
		err = restore_pins(dir);
	if (err)
		say_not_undone(transaction);
	else
		give_ownership_back(transaction);
}

/* Attaches the staged program and commits its pins. If the old program cannot be attached again, or the
 * kernel does not report what is attached, the staged pins stay. The next run finishes the load or undoes it.
 */
static int put_in_place(struct transaction *transaction, const struct attach_request *request,
			struct reload_report *report)
{
	struct reload *reload = transaction->reload;
	struct attach_result *attached = &report->attached;
	int err;

	if (may_empty_hook(&transaction->hook, request)) {
		reload->failure = RELOAD_FAILED_BPF;
		err = keep_replaced(transaction, request);
		if (err) {
			drop_staged(transaction);
			return err;
		}
	}
	reload->failure = RELOAD_FAILED_XDP;
	err = attach_program(&transaction->hook, request, attached);
	if (err) {
		if (has_left_nothing(transaction))
			drop_staged(transaction);
		else
			say_not_undone(transaction);
		goto out;
	}
	err = attach_read_back(&transaction->hook, attached);
	if (!err)
		err = check_device(reload);
	if (!err) {
		reload->failure = RELOAD_FAILED_BPF;
		if (attached->dispatcher)
			err = restage_program(&reload->dir, attached->fd);
	}
	if (!err)
		err = finish_load(reload, attached, report);
	if (err)
		undo(transaction, request, attached);
out:
	if (attached->before_fd >= 0)
		close(attached->before_fd);
	return err;
}

/* Our program @own is on the hook, and the load asks for one that has a certain map: that is not
 * loaded again (then the report has it) unless the pin is lost, and another one does not go without
 * --force.
 */
static int check_own(const struct transaction *transaction, const struct reload_load *load,
		     const struct pin *own, struct reload_report *report)
{
	const struct attach_hook *hook = &transaction->hook;
	const struct pin *map = pin_list_find_name(&transaction->live, PIN_MAP, load->keep_map);
	__u32 id;
	int err = pin_list_find_map(&transaction->live, own, load->keep_map, &id);

	if (err)
		return err;
	if (!id && !load->force) {
		log_error("could not load on %s: program %u (%s), which xdp_loader attached there, "
			  "has no map %s; take it off, or give --force to replace it",
			  hook->device, own->id, own->name, load->keep_map);
		transaction->reload->failure = RELOAD_FAILED_XDP;
		return -EBUSY;
	}
	report->kept = map && map->id == id &&
		       (load->mode == ATTACH_AUTO || load->mode == hook->mode);
	if (!report->kept)
		return 0;
	report->attached.id = own->id;
	report->attached.mode = hook->mode;
	report->attached.dispatcher = hook->dispatcher;
	snprintf(report->program, sizeof(report->program), "%s", own->name);
	return 0;
}

/* A program of ours that has the map, and must be loaded anew, may be another one than the object's. */
static int check_same(const struct transaction *transaction, const struct reload_load *load,
		      const struct object *object, const struct pin *own)
{
	int same = load->force ? 1 : is_same_code(object_program_fd(object), own->fd);

	if (same)
		return same < 0 ? same : 0;
	log_error("could not load %s on %s: program %u (%s) there has map %s too, and is another "
		  "one; give --force to replace it",
		  object_program_name(object), transaction->hook.device, own->id, own->name,
		  load->keep_map);
	transaction->reload->failure = RELOAD_FAILED_XDP;
	return -EBUSY;
}

/* The dispatcher takes anything in beside what is there: also a second copy of our program of which the pins
 * are lost, for which each packet would count twice.
 */
static int check_no_copy(const struct transaction *transaction, const struct object *object)
{
	const struct attach_hook *hook = &transaction->hook;
	char name[BPF_OBJ_NAME_LEN];
	int same = 0, fd;
	size_t i;

	for (i = 0; i < hook->count && !same; i++) {
		fd = attach_open_program(hook, hook->ids[i]);
		same = fd == -ENOENT ? 0 :
		       fd < 0	     ? fail_to_look_at(hook->ids[i], fd) :
				       is_same_code(object_program_fd(object), fd);
		if (fd >= 0)
			close(fd);
	}
	if (same <= 0)
		return same;
	log_error("could not load %s on %s: program %u (%s), which is there, has the same "
		  "instructions and no pins: it may be xdp_loader's own; take it off with "
		  "'xdp_loader -d %s --unload %u --force', or give --force to run both",
		  object_program_name(object), hook->device, hook->ids[i - 1],
		  attach_program_name(hook, hook->ids[i - 1], name, sizeof(name)), hook->device,
		  hook->ids[i - 1]);
	transaction->reload->failure = RELOAD_FAILED_XDP;
	return -EBUSY;
}

static int load_anew(struct transaction *transaction, const struct reload_load *load,
		     const struct pin *old, struct reload_report *report)
{
	struct object object = { 0 };
	const struct attach_request request = {
		.object = &object,
		.mode = load->mode,
		.direct = load->direct,
		.force = load->force,
		.old_id = old ? old->id : 0,
		.old_fd = old ? old->fd : -1,
	};
	int err = load_object(transaction, load, &object, report);

	if (!err && old && load->keep_map)
		err = check_same(transaction, load, &object, old);
	if (!err && !old && !load->force && transaction->hook.dispatcher)
		err = check_no_copy(transaction, &object);
	if (err) {
		drop_staged(transaction);
	} else {
		err = put_in_place(transaction, &request, report);
	}
	if (!err)
		snprintf(report->program, sizeof(report->program), "%s",
			 object_program_name(&object));
	object_close(&object);
	return err;
}

int reload_load(struct reload *reload, const struct reload_load *load, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *old;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction, load->force);
	if (err)
		return err;
	old = attach_find_own(&transaction.live, &transaction.hook);
	if (old)
		remember_old(&transaction.hook, old->id, report);
	if (old && load->keep_map)
		err = check_own(&transaction, load, old, report);
	if (!err && !report->kept)
		err = load_anew(&transaction, load, old, report);
	if (!err && load->then) {
		reload->failure = RELOAD_FAILED_BPF;
		err = load->then(load->context, report);
	}
	if (report->attached.fd >= 0)
		close(report->attached.fd);
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
			  attach_program_name(hook, hook->ids[0], name, sizeof(name)));
	else if (!own)
		log_error("could not unload from %s: program %u (%s), which is there, is not ours; "
			  "give its ID and --force to take it off",
			  hook->device, id ? id : hook->ids[0],
			  attach_program_name(hook, id ? id : hook->ids[0], name, sizeof(name)));
	return -ENOENT;
}

/* The mark of an unload goes last. Where what was to be taken off is still there, @err comes of that, and
 * there is nothing to repair; else it stays after an error. Returns @err, or the mark's.
 */
static int end_unload(const struct transaction *transaction, int err)
{
	struct attach_hook now = transaction->hook;
	size_t i;

	if (!err)
		return pin_live_end_unload(&transaction->reload->dir);
	if (!now.main_id || attach_query(&now))
		return err;
	for (i = 0; i < transaction->hook.count; i++)
		if (!attach_hook_has(&now, transaction->hook.ids[i]))
			return err;
	pin_live_end_unload(&transaction->reload->dir);
	return err;
}

/* Takes program @id off, if it is on, and removes the pins of @own, if it is ours. */
static int take_off(struct transaction *transaction, __u32 id, const struct pin *own, bool force,
		    struct reload_report *report)
{
	struct reload *reload = transaction->reload;
	bool attached = attach_hook_has(&transaction->hook, id);
	int err = 0;

	reload->failure = RELOAD_FAILED_XDP;
	if (attached)
		remember_old(&transaction->hook, id, report);
	if (own)
		err = pin_live_begin_unload(&reload->dir);
	if (!err && attached)
		err = attach_remove(&transaction->hook, &id, 1, force);
	if (!err && own) {
		reload->failure = RELOAD_FAILED_BPF;
		err = remove_program(&reload->dir, &transaction->live, own, report);
	}
	return own ? end_unload(transaction, err) : err;
}

int reload_unload(struct reload *reload, __u32 id, bool force, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction, force);
	if (err)
		return err;
	own = id ? pin_list_find(&transaction.live, PIN_PROGRAM, id) :
		   attach_find_own(&transaction.live, &transaction.hook);
	if (!id && own)
		id = own->id;
	if (attach_hook_has(&transaction.hook, id) && (own || force)) {
		err = take_off(&transaction, id, own, force, report);
	} else {
		reload->failure = RELOAD_FAILED_XDP;
		err = refuse_unload(&transaction.hook, id, own);
	}
	end(&transaction);
	return err;
}

/* Our program that has a map of that name, or NULL. 0 or -errno, with a message. */
static int find_user(const struct pin_list *live, const char *map, const struct pin **user)
{
	__u32 id = 0;
	size_t i;
	int err = 0;

	*user = NULL;
	for (i = 0; i < live->count && !err && !*user; i++) {
		if (live->pins[i].kind != PIN_PROGRAM)
			continue;
		err = pin_list_find_map(live, &live->pins[i], map, &id);
		if (id)
			*user = &live->pins[i];
	}
	return err;
}

/* No program of ours has the map: that is well where none is attached. */
static int check_no_other(const struct transaction *transaction, const char *map)
{
	const struct attach_hook *hook = &transaction->hook;
	const struct pin *own = attach_find_own(&transaction->live, hook);
	char name[BPF_OBJ_NAME_LEN];

	if (!hook->main_id) {
		if (transaction->live.count)
			log_warn("%s has pins of no program with a map %s: left alone; 'xdp_loader "
				 "-d %s --unpin' removes them",
				 transaction->reload->dir.path, map, hook->device);
		return 0;
	}
	transaction->reload->failure = RELOAD_FAILED_XDP;
	if (own)
		log_error("could not remove from %s: program %u (%s), which xdp_loader attached "
			  "there, has no map %s; 'xdp_loader -d %s --unload' takes it off",
			  hook->device, own->id, own->name, map, hook->device);
	else
		log_error("could not remove from %s: program %u (%s), which is there, is not ours; "
			  "who attached it can take it off",
			  hook->device, hook->ids[0],
			  attach_program_name(hook, hook->ids[0], name, sizeof(name)));
	return -EBUSY;
}

int reload_remove(struct reload *reload, const char *map, struct reload_report *report)
{
	struct transaction transaction;
	const struct pin *own;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction, false);
	if (err)
		return err;
	err = find_user(&transaction.live, map, &own);
	if (!err && !reload->ifindex && own)
		err = remove_dispatchers(&(struct ours){ .transaction = &transaction });
	if (!err)
		err = own ? take_off(&transaction, own->id, own, false, report) :
			    check_no_other(&transaction, map);
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
	err = begin(reload, &transaction, force);
	if (err)
		return err;

	reload->failure = RELOAD_FAILED_XDP;
	for (i = 0; i < hook->count && !force; i++) {
		if (pin_list_find(&transaction.live, PIN_PROGRAM, hook->ids[i]))
			continue;
		log_error("could not unload all from %s: program %u (%s) there is not ours; give "
			  "--force to take it off too",
			  hook->device, hook->ids[i],
			  attach_program_name(hook, hook->ids[i], name, sizeof(name)));
		err = -EBUSY;
		goto out;
	}
	if (hook->count)
		remember_old(hook, hook->ids[0], report);

	err = pin_live_begin_unload(&reload->dir);
	if (!err && hook->main_id)
		err = attach_remove_all(hook, force);
	if (!err) {
		reload->failure = RELOAD_FAILED_BPF;
		err = remove_kind(&transaction, PIN_MAP, &report->maps_removed);
	}
	if (!err)
		err = remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed);
	err = end_unload(&transaction, err);
	say_left_alone(&transaction.live);
out:
	end(&transaction);
	return err;
}

int reload_unpin(struct reload *reload, bool maps, bool programs, bool force,
		 struct reload_report *report)
{
	struct transaction transaction;
	int err;

	*report = (struct reload_report){ .attached.fd = -1 };
	err = begin(reload, &transaction, force);
	if (err)
		return err;
	reload->failure = RELOAD_FAILED_BPF;
	if (!reload->ifindex && programs)
		err = remove_dispatchers(&(struct ours){ .transaction = &transaction });
	if (!err && maps)
		err = remove_kind(&transaction, PIN_MAP, &report->maps_removed);
	if (!err && programs)
		err = remove_kind(&transaction, PIN_PROGRAM, &report->programs_removed);
	say_left_alone(&transaction.live);
	end(&transaction);
	return err;
}

int reload_exit_code(const struct reload *reload)
{
	return reload->failure == RELOAD_FAILED_XDP ? EXIT_XDP :
	       reload->failure == RELOAD_FAILED_BPF ? EXIT_BPF :
						      EXIT_FAILED;
}
