// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <xdp/libxdp.h>

#include "bpf_info.h"
#include "bpffs.h"
#include "dispatcher_pins.h"
#include "libxdp_pins.h"
#include "log.h"

/* libxdp gives its dispatcher this name; prog_dispatcher.h of libxdp-dev has no constant for it. */
#define DISPATCHER_NAME "xdp_dispatcher"

static int print_libxdp(enum libxdp_print_level level, const char *format, va_list args)
{
	(void)level;
	log_library("libxdp", format, args);
	return 0;
}

const char *attach_mode_name(enum attach_mode mode)
{
	switch (mode) {
	case ATTACH_NATIVE:
		return "native";
	case ATTACH_SKB:
		return "skb";
	case ATTACH_OFFLOADED:
		return "offloaded";
	default:
		return "auto";
	}
}

static __u32 mode_flag(enum attach_mode mode)
{
	return mode == ATTACH_NATIVE	? XDP_FLAGS_DRV_MODE :
	       mode == ATTACH_OFFLOADED ? XDP_FLAGS_HW_MODE :
					  XDP_FLAGS_SKB_MODE;
}

static enum xdp_attach_mode libxdp_mode(enum attach_mode mode)
{
	return mode == ATTACH_NATIVE ? XDP_MODE_NATIVE : XDP_MODE_SKB;
}

int attach_open_program(const struct attach_hook *hook, __u32 id)
{
	const struct pin *pin = NULL;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(hook->known) / sizeof(hook->known[0]) && !pin; i++)
		if (hook->known[i])
			pin = pin_list_find(hook->known[i], PIN_PROGRAM, id);
	fd = pin ? fcntl(pin->fd, F_DUPFD_CLOEXEC, 3) : bpf_prog_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

/* Whether the kernel lets the process open an object by its ID: 0 is the ID of none. */
static bool may_open_by_id(void)
{
	return bpf_prog_get_fd_by_id(0) >= 0 || errno != EPERM;
}

static int program_info(const struct attach_hook *hook, __u32 id, struct bpf_prog_info *info)
{
	int fd = attach_open_program(hook, id), err;

	memset(info, 0, sizeof(*info));
	if (fd < 0)
		return fd;
	err = bpf_info_program(fd, info);
	close(fd);
	return err;
}

const char *attach_program_name(const struct attach_hook *hook, __u32 id, char *name, size_t size)
{
	struct bpf_prog_info info;

	snprintf(name, size, "%s", program_info(hook, id, &info) || !*info.name ? "?" : info.name);
	return name;
}

static struct attach_place place_of(const struct xdp_program *program)
{
	struct attach_place place = { .priority = xdp_program__run_prio(program) };

	snprintf(place.name, sizeof(place.name), "%s", xdp_program__name(program));
	return place;
}

static int list_dispatched(struct attach_hook *hook)
{
	struct xdp_multiprog *all;
	struct xdp_program *one = NULL;
	long err;

	if (!dispatcher_pins_are_safe()) {
		log_error("could not list the programs of libxdp's dispatcher on %s: another user "
			  "is in the way of libxdp's folder, see 'ls -ld " BPFFS_PATH "/xdp'",
			  hook->device);
		return -EUCLEAN;
	}
	libxdp_set_print(print_libxdp);
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_get_error(all);
	if (err) {
		log_error("could not list the programs of libxdp's dispatcher on %s: %s; is the "
			  "BPF filesystem that they were loaded under still mounted?",
			  hook->device, strerror(-err));
		return err;
	}
	hook->dispatcher = !xdp_multiprog__is_legacy(all);
	hook->count = 0;
	while ((one = xdp_multiprog__next_prog(one, all)) && hook->count < ATTACH_MAX_PROGRAMS) {
		hook->places[hook->count] = place_of(one);
		hook->ids[hook->count++] = xdp_program__id(one);
	}
	if (!hook->dispatcher)
		hook->ids[hook->count++] = hook->main_id;
	xdp_multiprog__close(all);
	return 0;
}

/* What the kernel runs, and in which mode. 0 or -errno, with a message. */
static int query_main(struct attach_hook *hook)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);
	int err = bpf_xdp_query(hook->ifindex, 0, &opts);

	if (err) {
		log_error("could not ask what is attached to %s: %s", hook->device, strerror(-err));
		return err;
	}
	hook->mode = opts.drv_prog_id ? ATTACH_NATIVE :
		     opts.skb_prog_id ? ATTACH_SKB :
		     opts.hw_prog_id  ? ATTACH_OFFLOADED :
					ATTACH_NATIVE;
	hook->main_id = opts.drv_prog_id ? opts.drv_prog_id :
			opts.skb_prog_id ? opts.skb_prog_id :
					   opts.hw_prog_id;
	return 0;
}

int attach_query(struct attach_hook *hook)
{
	struct bpf_prog_info program;
	int err;

	*hook = (struct attach_hook){ .device = hook->device,
				      .ifindex = hook->ifindex,
				      .known = { hook->known[0], hook->known[1] } };
	err = query_main(hook);
	if (err || !hook->main_id)
		return err;
	err = program_info(hook, hook->main_id, &program);
	if (err && err != -ENOENT) { /* that is: gone in between */
		log_error("could not look at program %u on %s: %s%s", hook->main_id, hook->device,
			  strerror(-err), log_missing_right(err, "CAP_SYS_ADMIN"));
		return err;
	}
	if (!err && !strcmp(program.name, DISPATCHER_NAME))
		return list_dispatched(hook);
	hook->ids[hook->count++] = hook->main_id;
	return 0;
}

int attach_fail_to_look_at(__u32 id, int err)
{
	log_error("could not look at program %u: %s%s", id, strerror(-err),
		  log_missing_right(err, "CAP_SYS_ADMIN"));
	return err;
}

bool attach_hook_has(const struct attach_hook *hook, __u32 id)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == id)
			return true;
	return false;
}

const struct pin *attach_find_own(const struct pin_list *pins, const struct attach_hook *hook)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pins->pins[i].kind == PIN_PROGRAM && attach_hook_has(hook, pins->pins[i].id))
			return &pins->pins[i];
	return NULL;
}

/* The descriptor and the ID of the bpf_link by which program @hook->main_id is on the hook, or
 * -ENOENT. Links have no index by device: all of them are looked at.
 */
static int find_link(const struct attach_hook *hook, __u32 *link_id)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue; /* gone in between */
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) && info.type == BPF_LINK_TYPE_XDP &&
		    info.prog_id == hook->main_id && (int)info.xdp.ifindex == hook->ifindex) {
			*link_id = id;
			return fd;
		}
		close(fd);
	}
	return -ENOENT;
}

/* Takes a program off that a bpf_link holds, as netlink refuses to. 0: it was held and is off;
 * -ENOENT: no link holds it; another -errno: with a message.
 */
static int detach_link(const struct attach_hook *hook, bool force)
{
	char name[BPF_OBJ_NAME_LEN];
	__u32 link_id = 0;
	int fd, err = 0;

	fd = find_link(hook, &link_id);
	if (fd < 0)
		return fd;
	attach_program_name(hook, hook->main_id, name, sizeof(name));
	if (!force) {
		log_error("could not take program %u (%s) off %s: bpf_link %u holds it; end the "
			  "process that made the link, or give --force to detach the link",
			  hook->main_id, name, hook->device, link_id);
		err = -EBUSY;
	} else if (bpf_link_detach(fd)) {
		err = -errno;
		log_error("could not detach bpf_link %u from %s: %s", link_id, hook->device,
			  strerror(-err));
	}
	close(fd);
	return err;
}

static void say_not_attached(const struct attach_hook *hook, const char *program,
			     enum attach_mode mode, int err)
{
	const char *kernel = log_take_kernel_message();
	const char *reason = *kernel		? kernel :
			     err == -EOPNOTSUPP ? "the driver has no XDP of its own" :
						  NULL;
	const char *todo = err == -EPERM  ? log_missing_right(err, "CAP_NET_ADMIN") :
			   err == -ENODEV ? "; the device is gone, see 'ip link'" :
			   err == -EEXIST || err == -EBUSY ?
					    "; another program came in between, try again" :
			   mode == ATTACH_NATIVE ? "; try --auto-mode or --skb-mode" :
						   "; see 'ip -d link' for what the device is";

	log_error("could not attach program %s to %s in %s mode: %s%s%s%s%s", program, hook->device,
		  attach_mode_name(mode), reason ? reason : "", reason ? " (" : "", strerror(-err),
		  reason ? ")" : "", todo);
}

static void say_not_put_back(const struct attach_hook *hook, int err)
{
	if (err)
		log_error("could not put back what ran on %s before: %s", hook->device,
			  strerror(-err));
}

/* Whether program @fd, or nothing where that is -1, is on the hook in this mode. */
static bool is_in_place(int ifindex, int fd, enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);
	struct bpf_prog_info info = { 0 };

	if ((fd >= 0 && bpf_info_program(fd, &info)) || bpf_xdp_query(ifindex, 0, &opts))
		return false;
	return info.id == (mode == ATTACH_NATIVE    ? opts.drv_prog_id :
			   mode == ATTACH_OFFLOADED ? opts.hw_prog_id :
						      opts.skb_prog_id);
}

/* One netlink request: @fd takes the place of @old_fd, -1 being an empty hook in both. Its answer may be
 * lost when the work is done: so what is there tells, where an error is returned.
 */
static int replace(int ifindex, int fd, int old_fd, enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = old_fd);
	__u32 flags = mode_flag(mode) |
		      (old_fd < 0 ? XDP_FLAGS_UPDATE_IF_NOEXIST : XDP_FLAGS_REPLACE);
	int err = bpf_xdp_attach(ifindex, fd, flags, old_fd < 0 ? NULL : &opts);

	return err && is_in_place(ifindex, fd, mode) ? 0 : err;
}

/* The hook was emptied for @fd; where that cannot be attached, what was there comes back. */
static int replace_from_empty(const struct attach_hook *hook, int fd, int old_fd,
			      enum attach_mode mode)
{
	int err = replace(hook->ifindex, fd, -1, mode);

	if (err)
		say_not_put_back(hook, replace(hook->ifindex, old_fd, -1, hook->mode));
	return err;
}

/* Native and skb mode are two hooks, of which the kernel lets only one be in use: changing over
 * cannot be one step.
 */
static int replace_in_other_mode(const struct attach_hook *hook, int fd, int old_fd,
				 enum attach_mode mode)
{
	int err = replace(hook->ifindex, -1, old_fd, hook->mode);

	return err ? err : replace_from_empty(hook, fd, old_fd, mode);
}

static int replace_in_mode(const struct attach_hook *hook, int fd, int old_fd,
			   enum attach_mode mode)
{
	return old_fd >= 0 && mode != hook->mode ? replace_in_other_mode(hook, fd, old_fd, mode) :
						   replace(hook->ifindex, fd, old_fd, mode);
}

static int attach_direct(const struct attach_hook *hook, const struct attach_request *request,
			 struct attach_result *result)
{
	int fd = object_program_fd(request->object), old_fd = -1, err;
	enum attach_mode mode = request->mode;
	bool said = false;

	log_take_kernel_message(); /* of an earlier failure */
	if (hook->main_id) {
		old_fd = attach_open_program(hook, hook->main_id);
		if (old_fd < 0) {
			say_not_attached(hook, object_program_name(request->object), mode, old_fd);
			return old_fd;
		}
		result->before_fd = old_fd;
		result->before_dispatcher = hook->dispatcher ? hook->main_id : 0;
		if (mode == ATTACH_AUTO)
			mode = hook->mode;
	}
	if (mode != ATTACH_AUTO) {
		err = replace_in_mode(hook, fd, old_fd, mode);
	} else {
		mode = ATTACH_NATIVE;
		err = replace(hook->ifindex, fd, -1, mode);
		if (err && err != -EPERM && err != -ENODEV && err != -EEXIST && err != -EBUSY) {
			mode = ATTACH_SKB;
			err = replace(hook->ifindex, fd, -1, mode);
		}
	}
	if (err == -EBUSY && old_fd >= 0) {
		int detached = detach_link(hook, request->force);

		if (!detached)
			err = replace_from_empty(hook, fd, old_fd, mode);
		said = detached && detached != -ENOENT;
	}
	if (err && !said)
		say_not_attached(hook, object_program_name(request->object), mode, err);
	return err;
}

/* Tries it, with the very program and function that libxdp would use. */
static bool kernel_has_freplace(const struct object *object)
{
	struct object extension;
	int err;

	err = object_open_again(object, &extension, NULL);
	if (!err)
		err = bpf_program__set_type(extension.program, BPF_PROG_TYPE_EXT);
	if (!err)
		err = bpf_program__set_expected_attach_type(extension.program, 0);
	if (!err)
		err = bpf_program__set_flags(extension.program, 0);
	if (!err)
		err = bpf_program__set_attach_target(extension.program, object_program_fd(object),
						     object_program_name(object));
	if (!err)
		err = bpf_object__load(extension.bpf);
	object_close(&extension);
	return !err;
}

#define LIBXDP_LOCK_TIMEOUT_MS 10000 /* libxdp itself has just had the lock */

/* Whether none of these is on the hook any more. */
static bool are_gone(const struct attach_hook *hook, const __u32 *ids, size_t count)
{
	struct attach_hook now = *hook;
	size_t i;

	if (attach_query(&now) || (now.main_id && !now.dispatcher))
		return false; /* libxdp cannot say what is behind it */
	for (i = 0; i < count; i++)
		if (attach_hook_has(&now, ids[i]))
			return false;
	return true;
}

/* The hook before a step of libxdp's, and what the kernel ran there, open; -1: nothing. */
struct step {
	struct attach_hook hook;
	int fd;
};

static int begin_step(struct step *step, const struct attach_hook *hook)
{
	int err;

	*step = (struct step){ .hook = *hook, .fd = -1 };
	err = query_main(&step->hook);
	if (err || !step->hook.main_id)
		return err;
	step->fd = attach_open_program(&step->hook, step->hook.main_id);
	return step->fd < 0 ? step->fd : 0;
}

/* Whether it is a dispatcher of which libxdp has no pins. */
static bool is_orphan(const struct attach_hook *hook)
{
	struct bpf_prog_info program;
	int fd;

	if (program_info(hook, hook->main_id, &program) || strcmp(program.name, DISPATCHER_NAME))
		return false;
	fd = libxdp_pins_open_program(hook->ifindex, hook->main_id, 0);
	if (fd >= 0)
		close(fd);
	return fd == -ENOENT;
}

/* If the kernel's answer to libxdp was lost, the new dispatcher is attached, and libxdp has taken its programs
 * away again: then what was there comes back. Returns @err.
 */
static int end_step(const struct step *step, int err)
{
	struct attach_hook now = step->hook;
	int fd;

	if (err && !query_main(&now) && now.main_id && now.main_id != step->hook.main_id &&
	    is_orphan(&now)) {
		fd = attach_open_program(&now, now.main_id);
		say_not_put_back(&now, fd < 0 ? fd : replace(now.ifindex, step->fd, fd, now.mode));
		if (fd >= 0)
			close(fd);
	}
	if (step->fd >= 0)
		close(step->fd);
	return err;
}

static int libxdp_attach(const struct attach_hook *hook, struct xdp_program **programs,
			 size_t count, enum attach_mode mode)
{
	struct step step;
	int err = begin_step(&step, hook);

	if (!err)
		err = xdp_program__attach_multi(programs, count, hook->ifindex, libxdp_mode(mode),
						0);
	return end_step(&step, err);
}

static int libxdp_detach(const struct attach_hook *hook, struct xdp_program **programs,
			 size_t count)
{
	struct step step;
	int err = begin_step(&step, hook);

	if (!err)
		err = xdp_program__detach_multi(programs, count, hook->ifindex,
						libxdp_mode(hook->mode), 0);
	return end_step(&step, err);
}

/* One step, however many they are. */
static int remove_dispatched(const struct attach_hook *hook, const __u32 *ids, size_t count)
{
	struct xdp_program *programs[ATTACH_MAX_PROGRAMS] = { 0 };
	size_t i;
	long err = 0;

	for (i = 0; i < count && !err; i++) {
		programs[i] = xdp_program__from_id(ids[i]);
		err = libxdp_get_error(programs[i]);
		if (err)
			programs[i] = NULL;
	}
	if (!err)
		err = libxdp_detach(hook, programs, count);
	for (i = 0; i < count; i++)
		xdp_program__close(programs[i]);
	if (!err)
		return 0;
	if (are_gone(hook, ids, count)) /* libxdp may have left the pins */
		return dispatcher_pins_remove(hook->main_id, LIBXDP_LOCK_TIMEOUT_MS);
	log_error("could not take program %u off libxdp's dispatcher on %s: %s", ids[0],
		  hook->device, strerror(-err));
	return err;
}

static int take_result(const struct xdp_program *program, struct attach_result *result)
{
	result->id = xdp_program__id(program);
	result->fd = fcntl(xdp_program__fd(program), F_DUPFD_CLOEXEC, 3);
	return result->fd < 0 ? -errno : 0;
}

/* A copy of a loaded program, on the same maps, for libxdp to load behind its dispatcher; under
 * another @name unless that is NULL.
 */
struct copy {
	struct object object;
	struct xdp_program *program;
};

static int copy_open(struct copy *copy, const struct object *loaded, const char *name)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = NULL);
	long err;

	*copy = (struct copy){ 0 };
	err = object_open_again(loaded, &copy->object, name);
	if (err)
		return err;
	opts.prog_name = object_program_name(&copy->object);
	opts.obj = copy->object.bpf;
	copy->program = xdp_program__create(&opts);
	err = libxdp_get_error(copy->program);
	if (err)
		copy->program = NULL;
	return err;
}

static void copy_close(struct copy *copy)
{
	xdp_program__close(copy->program);
	object_close(&copy->object);
}

static int add_dispatched(const struct attach_hook *hook, const struct attach_request *request,
			  enum attach_mode mode, struct attach_result *result)
{
	struct copy copy;
	int err;

	err = copy_open(&copy, request->object, NULL);
	log_take_kernel_message();
	if (!err)
		err = libxdp_attach(hook, &copy.program, 1, mode);
	if (!err)
		err = take_result(copy.program, result);
	copy_close(&copy);
	return err;
}

/* A program that is loaded already, as one of the dispatcher's. */
static int add_loaded(const struct attach_hook *hook, int fd, enum attach_mode mode)
{
	struct xdp_program *program = xdp_program__from_fd(fd);
	long err = libxdp_get_error(program);

	if (!err) {
		err = libxdp_attach(hook, &program, 1, mode);
		xdp_program__close(program);
	}
	return err;
}

static int add_in_mode(const struct attach_hook *hook, const struct attach_request *request,
		       enum attach_mode mode, struct attach_result *result)
{
	int err = add_dispatched(hook, request, mode == ATTACH_AUTO ? ATTACH_NATIVE : mode, result);

	if (err && mode == ATTACH_AUTO) {
		mode = ATTACH_SKB;
		err = add_dispatched(hook, request, mode, result);
	}
	if (err)
		say_not_attached(hook, object_program_name(request->object), mode, err);
	return err;
}

/* All programs of a dispatcher run in one mode. */
static int change_dispatched_mode(const struct attach_hook *hook,
				  const struct attach_request *request,
				  struct attach_result *result)
{
	int err;

	if (hook->count > 1 || !request->old_id) {
		log_error("could not attach program %s to %s in %s mode: other programs share the "
			  "hook in %s mode; use that, or unload them first",
			  object_program_name(request->object), hook->device,
			  attach_mode_name(request->mode), attach_mode_name(hook->mode));
		return -EBUSY;
	}
	err = remove_dispatched(hook, &request->old_id, 1);
	if (err)
		return err;
	err = add_in_mode(hook, request, request->mode, result);
	if (err)
		say_not_put_back(hook, add_loaded(hook, request->old_fd, hook->mode));
	return err;
}

static int place_compare(const struct attach_place *a, const struct attach_place *b)
{
	return a->priority != b->priority ? (a->priority < b->priority ? -1 : 1) :
					    strcmp(a->name, b->name);
}

/* Makes of @first, the new program's place, the one right before it and the old program: a dot sorts
 * before all that a C name may have, and the kernel takes it.
 */
static void find_stand_in_place(const struct attach_hook *hook, __u32 old_id,
				struct attach_place *first)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == old_id && place_compare(&hook->places[i], first) < 0)
			*first = hook->places[i];
	first->name[strlen(first->name) - 1] = '.';
}

/* Who must see each packet, although it does not run before @stand_in: somebody else's program on
 * the hook, or 0. Of two at one place the one that is there already runs first.
 */
static __u32 find_behind(const struct attach_hook *hook, __u32 old_id,
			 const struct attach_place *stand_in)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] != old_id && place_compare(&hook->places[i], stand_in) > 0)
			return hook->ids[i];
	return 0;
}

/* No packet passes by both programs, or by none. The dispatcher takes programs in or lets them go
 * in one step each, but cannot exchange one for another. So the new one comes twice at once: as
 * itself, and as a stand-in before it and the old one, which ends the chain with whatever verdict.
 * From that step on the old one sees nothing more; then it and the stand-in go, in one step.
 */
static int exchange_dispatched(const struct attach_hook *hook, const struct attach_request *request,
			       struct copy *copy, const struct attach_place *place,
			       struct attach_result *result)
{
	__u32 gone[2] = { request->old_id };
	struct xdp_program *both[2];
	struct copy stand_in;
	int action, err;

	err = copy_open(&stand_in, request->object, place->name);
	if (!err)
		err = xdp_program__set_run_prio(stand_in.program, place->priority);
	for (action = 0; action <= XDP_REDIRECT && !err; action++)
		err = xdp_program__set_chain_call_enabled(stand_in.program, action, false);
	both[0] = stand_in.program;
	both[1] = copy->program;
	if (!err)
		err = libxdp_attach(hook, both, 2, hook->mode);
	if (err) {
		say_not_attached(hook, object_program_name(request->object), hook->mode, err);
		goto out;
	}
	gone[1] = xdp_program__id(stand_in.program);
	err = take_result(copy->program, result);
	if (!err)
		err = remove_dispatched(hook, gone, 2);
	if (err) {
		gone[0] = xdp_program__id(copy->program);
		remove_dispatched(hook, gone, 2);
	}
out:
	copy_close(&stand_in);
	return err;
}

static long ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 +
	       (now.tv_nsec - start->tv_nsec + 999999) / 1000000;
}

/* The new program comes before the old one goes: no packet passes by both, but for a moment each
 * is seen by both. @behind: the program for which it has to be so, or 0.
 */
static int overlap_dispatched(const struct attach_hook *hook, const struct attach_request *request,
			      struct copy *copy, __u32 behind, struct attach_result *result)
{
	char name[BPF_OBJ_NAME_LEN];
	struct timespec start;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &start);
	err = libxdp_attach(hook, &copy->program, 1, hook->mode);
	if (err) {
		say_not_attached(hook, object_program_name(request->object), hook->mode, err);
		return err;
	}
	err = take_result(copy->program, result);
	if (!err)
		err = remove_dispatched(hook, &request->old_id, 1);
	if (err) {
		__u32 id = xdp_program__id(copy->program);

		remove_dispatched(hook, &id, 1);
		return err;
	}
	if (behind)
		log_warn("packets on %s may have been counted twice for up to %ld ms: program %u "
			 "(%s) does not run before ours, and must see them all",
			 hook->device, ms_since(&start), behind,
			 attach_program_name(hook, behind, name, sizeof(name)));
	else
		log_warn("packets on %s may have been counted twice for up to %ld ms: libxdp's "
			 "dispatcher has no place left to exchange the programs at once",
			 hook->device, ms_since(&start));
	return 0;
}

static int replace_dispatched(const struct attach_hook *hook, const struct attach_request *request,
			      struct attach_result *result)
{
	struct attach_place place;
	struct copy copy;
	__u32 behind;
	int err;

	log_take_kernel_message();
	err = copy_open(&copy, request->object, NULL);
	if (err) {
		say_not_attached(hook, object_program_name(request->object), hook->mode, err);
		goto out;
	}
	place = place_of(copy.program);
	find_stand_in_place(hook, request->old_id, &place);
	behind = find_behind(hook, request->old_id, &place);
	err = behind || hook->count + 2 > ATTACH_MAX_PROGRAMS ?
		      overlap_dispatched(hook, request, &copy, behind, result) :
		      exchange_dispatched(hook, request, &copy, &place, result);
out:
	copy_close(&copy);
	return err;
}

static int attach_dispatched(const struct attach_hook *hook, const struct attach_request *request,
			     struct attach_result *result)
{
	enum attach_mode mode = request->mode;

	libxdp_set_print(print_libxdp);
	if (hook->main_id && mode == ATTACH_AUTO)
		mode = hook->mode;
	if (hook->main_id && mode != hook->mode)
		return change_dispatched_mode(hook, request, result);
	return request->old_id ? replace_dispatched(hook, request, result) :
				 add_in_mode(hook, request, mode, result);
}

/* Whether someone else's program would have to give way; says which. */
static bool is_foreign_in_the_way(const struct attach_hook *hook,
				  const struct attach_request *request)
{
	char name[BPF_OBJ_NAME_LEN];
	size_t i;

	for (i = 0; i < hook->count; i++) {
		if (hook->ids[i] == request->old_id)
			continue;
		log_error("could not attach program %s to %s: program %u (%s), which is not ours, "
			  "is there in %s mode; take it off, or give --force to replace it",
			  object_program_name(request->object), hook->device, hook->ids[i],
			  attach_program_name(hook, hook->ids[i], name, sizeof(name)),
			  attach_mode_name(hook->mode));
		return true;
	}
	return false;
}

int attach_program(const struct attach_hook *hook, const struct attach_request *request,
		   struct attach_result *result)
{
	int err;

	*result = (struct attach_result){ .fd = -1, .before_fd = -1 };
	result->dispatcher = !request->direct && (!hook->main_id || hook->dispatcher) &&
			     may_open_by_id() && dispatcher_pins_are_safe() &&
			     kernel_has_freplace(request->object);
	if (result->dispatcher) /* it takes us in beside others */
		return attach_dispatched(hook, request, result);
	if (!request->force && is_foreign_in_the_way(hook, request))
		return -EBUSY;

	/* What may fail comes first: afterwards there is something to undo. */
	result->id = object_program_id(request->object);
	result->fd = fcntl(object_program_fd(request->object), F_DUPFD_CLOEXEC, 3);
	if (!result->id || result->fd < 0) {
		err = -errno;
		say_not_attached(hook, object_program_name(request->object), request->mode, err);
		return err;
	}
	return attach_direct(hook, request, result);
}

int attach_read_back(const struct attach_hook *before, struct attach_result *result)
{
	struct attach_hook now = *before;
	int err = attach_query(&now);

	if (err)
		return err;
	if (!attach_hook_has(&now, result->id)) {
		log_error("could not find program %u on %s, where it was attached just now: "
			  "another program came in between, try again",
			  result->id, before->device);
		return -EBUSY;
	}
	result->mode = now.mode;
	result->dispatcher = now.dispatcher;
	return 0;
}

/* The old program comes before the new one goes, unless they need two modes: only one can be in use. */
static int put_back_dispatched(const struct attach_hook *before, const struct attach_hook *now,
			       const struct attach_request *request,
			       const struct attach_result *result)
{
	bool remove_first = before->mode != now->mode;
	int err = remove_first ? remove_dispatched(now, &result->id, 1) : 0;

	if (!err && request->old_id)
		err = add_loaded(before, request->old_fd, before->mode);
	return err || remove_first ? err : remove_dispatched(now, &result->id, 1);
}

static int put_back(const struct attach_hook *before, const struct attach_hook *now,
		    const struct attach_request *request, const struct attach_result *result)
{
	if (result->dispatcher)
		return put_back_dispatched(before, now, request, result);
	if (before->main_id && result->before_fd < 0)
		return -ENOENT; /* not: an empty hook */
	return before->main_id && before->mode != now->mode ?
		       replace_in_other_mode(now, result->before_fd, result->fd, before->mode) :
		       replace(before->ifindex, result->before_fd, result->fd, now->mode);
}

int attach_undo(const struct attach_hook *before, const struct attach_request *request,
		const struct attach_result *result)
{
	struct attach_hook now = *before;
	int err = attach_query(&now);

	if (!err && attach_hook_has(&now, result->id))
		err = put_back(before, &now, request, result);
	if (err == -ENODEV)
		return 0; /* the hook went with it */
	say_not_put_back(before, err);
	return err;
}

int attach_let_dispatcher_go(struct attach_result *result, int lock_timeout_ms)
{
	int err;

	if (!result->before_dispatcher)
		return 0;
	err = dispatcher_pins_remove(result->before_dispatcher, lock_timeout_ms);
	if (err)
		return err;
	close(result->before_fd);
	result->before_fd = -1;
	return 0;
}

/* What libxdp has loaded for its dispatcher can be attached by that alone. */
int attach_put_back(const struct attach_hook *hook, int fd, enum attach_mode mode)
{
	struct bpf_prog_info info;
	int err = bpf_info_program(fd, &info);

	libxdp_set_print(print_libxdp);
	if (!err)
		err = info.type == BPF_PROG_TYPE_EXT ? add_loaded(hook, fd, mode) :
						       replace(hook->ifindex, fd, -1, mode);
	say_not_put_back(hook, err);
	return err;
}

/* The kernel has said that it is; where it cannot be asked again, that has to do. */
static int check_gone(const struct attach_hook *hook, __u32 id)
{
	struct attach_hook now = *hook;

	if (attach_query(&now) || !attach_hook_has(&now, id))
		return 0;
	log_error("could not take program %u off %s: it is still there", id, hook->device);
	return -EBUSY;
}

static int remove_direct(const struct attach_hook *hook, bool force)
{
	int err, fd = attach_open_program(hook, hook->main_id);

	if (fd == -ENOENT)
		return 0; /* gone by itself in between */
	err = fd < 0 ? fd : replace(hook->ifindex, -1, fd, hook->mode);
	if (fd >= 0)
		close(fd);
	if (err == -EBUSY) {
		err = detach_link(hook, force);
		if (err != -ENOENT)
			return err;
		err = -EBUSY;
	}
	if (err)
		log_error("could not take program %u off %s: %s%s", hook->main_id, hook->device,
			  strerror(-err), log_missing_right(err, "CAP_NET_ADMIN"));
	return err;
}

int attach_remove(const struct attach_hook *hook, const __u32 *ids, size_t count, bool force)
{
	int err = hook->dispatcher ? remove_dispatched(hook, ids, count) :
				     remove_direct(hook, force);

	return err ? err : check_gone(hook, ids[0]);
}

int attach_remove_all(const struct attach_hook *hook, bool force)
{
	struct xdp_multiprog *all;
	long err;

	if (!hook->dispatcher)
		return attach_remove(hook, &hook->main_id, 1, force);
	if (!force) /* what has come since @hook was read stays */
		return attach_remove(hook, hook->ids, hook->count, false);
	all = xdp_multiprog__get_from_ifindex(hook->ifindex);
	err = libxdp_get_error(all);
	if (!err) {
		err = xdp_multiprog__detach(all);
		xdp_multiprog__close(all);
	}
	if (!err)
		return check_gone(hook, hook->main_id);
	if (are_gone(hook, hook->ids, hook->count)) /* the answer was lost */
		return dispatcher_pins_remove(hook->main_id, LIBXDP_LOCK_TIMEOUT_MS);
	log_error("could not take libxdp's dispatcher off %s: %s", hook->device, strerror(-err));
	return err;
}
