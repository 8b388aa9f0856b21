// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "attach_direct.h"
#include "attach_dispatcher.h"
#include "attach_retry.h"
#include "attach_say.h"
#include "bpf_info.h"
#include "device_xdp.h"
#include "dispatcher_pins.h"
#include "log.h"

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

static const struct pin *find_pin(const struct xdp_state *hook, __u32 id)
{
	const struct pin *pin = NULL;
	size_t i;

	for (i = 0; i < sizeof(hook->known) / sizeof(hook->known[0]) && !pin; i++)
		if (hook->known[i])
			pin = pin_list_find(hook->known[i], PIN_PROGRAM, id);
	return pin;
}

int attach_open_program(const struct xdp_state *hook, __u32 id)
{
	const struct pin *pin = find_pin(hook, id);
	int fd;

	fd = pin ? fcntl(pin->fd, F_DUPFD_CLOEXEC, 3) : bpf_prog_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

/* Whether the kernel lets the process open an object by its ID: 0 is the ID of none. */
static bool may_open_by_id(void)
{
	return bpf_prog_get_fd_by_id(0) >= 0 || errno != EPERM;
}

int attach_program_info(const struct xdp_state *hook, __u32 id, struct bpf_prog_info *info)
{
	const struct pin *pin = find_pin(hook, id);
	int fd, err;

	*info = pin ? pin->info.program : (struct bpf_prog_info){ 0 };
	if (pin)
		return 0;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	err = bpf_info_program(fd, info);
	close(fd);
	return err;
}

/* A pinned program's maps are known. */
int attach_program_uses(const struct xdp_state *hook, __u32 id, __u32 map)
{
	const struct pin *pin = find_pin(hook, id);
	struct bpf_maps maps;
	int fd, uses;

	if (pin)
		return bpf_maps_have(&pin->maps, map);
	fd = attach_open_program(hook, id);
	if (fd < 0)
		return fd;
	uses = bpf_info_maps(fd, &maps);
	if (!uses)
		uses = bpf_maps_have(&maps, map);
	bpf_maps_free(&maps);
	close(fd);
	return uses;
}

static void take_main(struct xdp_state *hook, const struct device_xdp *xdp)
{
	hook->main_id = device_xdp_main(xdp);
	hook->mode = hook->main_id == xdp->native ? ATTACH_NATIVE :
		     hook->main_id == xdp->skb	  ? ATTACH_SKB :
						    ATTACH_OFFLOADED;
}

int attach_query_main(struct xdp_state *hook)
{
	struct device_xdp xdp;
	int err = device_xdp_query(hook->ifindex, &xdp);

	if (err && err != -ENODEV)
		log_error("could not ask what is attached to %s: %s", hook->device, strerror(-err));
	if (!err)
		take_main(hook, &xdp);
	return err;
}

/* The name of the program's function in BTF, or NULL. */
static const char *name_in_btf(int fd, const struct btf *btf)
{
	struct bpf_func_info function = { 0 };
	struct bpf_prog_info info = { .nr_func_info = 1,
				      .func_info_rec_size = sizeof(function),
				      .func_info = (__u64)(unsigned long)&function };
	__u32 size = sizeof(info);
	const struct btf_type *type;

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.nr_func_info)
		return NULL;
	type = btf__type_by_id(btf, function.type_id);
	return type ? btf__name_by_offset(btf, type->name_off) : NULL;
}

/* Writes the program's name: its pin's, or all of it if the program has BTF, as the kernel keeps
 * only 15 characters.
 */
static void write_name(const struct xdp_state *hook, const struct bpf_prog_info *info, char *name,
		       size_t size)
{
	const struct pin *pin = find_pin(hook, info->id);
	bool is_cut = !pin && strlen(info->name) == sizeof(info->name) - 1;
	struct btf *btf = is_cut && info->btf_id ? btf__load_from_kernel_by_id(info->btf_id) : NULL;
	int fd = btf ? attach_open_program(hook, info->id) : -1;
	const char *full = fd >= 0 ? name_in_btf(fd, btf) : NULL;

	snprintf(name, size, "%s", pin ? pin->name : full && *full ? full : info->name);
	btf__free(btf);
	if (fd >= 0)
		close(fd);
}

/* -EAGAIN, without a message: others have changed it meanwhile. @xdp: see attach_look(). */
static int query_once(struct xdp_state *hook, const struct device_xdp *xdp)
{
	struct bpf_prog_info info;
	int err = 0;

	*hook = (struct xdp_state){ .device = hook->device,
				    .ifindex = hook->ifindex,
				    .known = { hook->known[0], hook->known[1] } };
	if (xdp)
		take_main(hook, xdp);
	else
		err = attach_query_main(hook);
	if (err || !hook->main_id)
		return err;
	err = attach_program_info(hook, hook->main_id, &info);
	if (err == -ENOENT)
		return -EAGAIN;
	if (err) {
		log_error("could not look at program %u on %s: %s%s", hook->main_id, hook->device,
			  strerror(-err), log_missing_right(err, "CAP_SYS_ADMIN"));
		return err;
	}
	if (!strcmp(info.name, ATTACH_DISPATCHER_NAME))
		return attach_dispatcher_list(hook);
	write_name(hook, &info, hook->names[0], sizeof(hook->names[0]));
	hook->ids[hook->count++] = hook->main_id;
	return 0;
}

#define QUERIES_MAX 10

int attach_query(struct xdp_state *hook)
{
	int err = attach_look(hook, NULL);

	if (err == -ENODEV)
		log_error("could not ask what is attached to %s: %s", hook->device, strerror(-err));
	return err;
}

int attach_look(struct xdp_state *hook, const struct device_xdp *xdp)
{
	int tries, err = -EAGAIN;

	for (tries = 0; err == -EAGAIN && tries < QUERIES_MAX; tries++)
		err = query_once(hook, tries ? NULL : xdp);
	if (err != -EAGAIN)
		return err;
	log_error("could not ask what is attached to %s: others change it all the time, try again",
		  hook->device);
	return -EBUSY;
}

int attach_fail_to_look_at(__u32 id, int err)
{
	log_error("could not look at program %u: %s%s", id, strerror(-err),
		  log_missing_right(err, "CAP_SYS_ADMIN"));
	return err;
}

const char *xdp_state_name(const struct xdp_state *hook, __u32 id)
{
	const struct pin *pin = find_pin(hook, id);
	size_t i;

	if (pin)
		return pin->name; /* the kernel may have kept less of it */
	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == id && *hook->names[i])
			return hook->names[i];
	return "?";
}

bool xdp_state_has(const struct xdp_state *hook, __u32 id)
{
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (hook->ids[i] == id)
			return true;
	return false;
}

const struct pin *attach_find_own(const struct pin_list *pins, const struct xdp_state *hook)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pins->pins[i].kind == PIN_PROGRAM && xdp_state_has(hook, pins->pins[i].id))
			return &pins->pins[i];
	return NULL;
}

/* Whether someone else's program would have to give way; says which. */
static bool is_foreign_in_the_way(const struct xdp_state *hook,
				  const struct attach_request *request)
{
	size_t i;

	for (i = 0; i < hook->count; i++) {
		if (hook->ids[i] == request->old_id)
			continue;
		log_error("could not attach program %s to %s: program %u (%s), which is not ours, "
			  "is there in %s mode; detach it, or give --force to replace it",
			  object_program_name(request->object), hook->device, hook->ids[i],
			  xdp_state_name(hook, hook->ids[i]), attach_mode_name(hook->mode));
		return true;
	}
	return false;
}

int attach_program(const struct xdp_state *hook, const struct attach_request *request,
		   struct attach_result *result)
{
	int err;

	*result = (struct attach_result){ .fd = -1, .before_fd = -1 };
	result->dispatcher = !request->direct && !object_is_bound_to_device(request->object) &&
			     (!hook->main_id || hook->dispatcher) && may_open_by_id() &&
			     dispatcher_pins_are_safe() &&
			     attach_dispatcher_is_possible(request->object);
	if (result->dispatcher) { /* it takes us in beside others */
		err = attach_dispatcher(hook, request, result);
		if (err != ATTACH_CHANGES_PACKETS ||
		    !attach_retry_is_possible(hook, request, request->mode, err))
			return err;
		log_info("%s changes packets, which libxdp's dispatcher does not let it do on this "
			 "kernel: attached directly, so that no other program can run beside it; "
			 "libxdp 1.5.5 would let it",
			 object_program_name(request->object));
		result->dispatcher = false;
	}
	if (!request->force && is_foreign_in_the_way(hook, request))
		return -EBUSY;

	/* What may fail comes first: afterwards there is something to undo. */
	result->id = object_program_id(request->object);
	result->fd = fcntl(object_program_fd(request->object), F_DUPFD_CLOEXEC, 3);
	if (!result->id || result->fd < 0) {
		err = -errno;
		attach_say_not_attached(hook, request, request->mode, err);
		return err;
	}
	return attach_direct(hook, request, result);
}

int attach_read_back(const struct xdp_state *before, struct attach_result *result)
{
	struct xdp_state now = *before;
	int err = attach_query(&now);

	if (err)
		return err;
	if (!xdp_state_has(&now, result->id)) {
		log_error("could not find program %u on %s, where it was attached just now: "
			  "another program came in between, try again",
			  result->id, before->device);
		return -EBUSY;
	}
	result->mode = now.mode;
	result->dispatcher = now.dispatcher;
	return 0;
}

static int put_back(const struct xdp_state *before, const struct xdp_state *now,
		    const struct attach_request *request, const struct attach_result *result)
{
	if (result->dispatcher)
		return attach_dispatcher_put_back(before, now, request, result);
	if (before->main_id && result->before_fd < 0)
		return -ENOENT; /* not: an empty hook */
	return before->main_id && before->mode != now->mode ?
		       attach_direct_replace_in_other_mode(now, result->before_fd, result->fd,
							   before->mode) :
		       attach_direct_replace(before->ifindex, result->before_fd, result->fd,
					     now->mode);
}

int attach_undo(const struct xdp_state *before, const struct attach_request *request,
		const struct attach_result *result)
{
	struct xdp_state now = *before;
	int err = attach_query(&now);

	if (!err && xdp_state_has(&now, result->id))
		err = put_back(before, &now, request, result);
	if (err == -ENODEV)
		return 0; /* the hook went with it */
	attach_say_not_put_back(before, err);
	return err;
}

int dispatcher_unpin_replaced(struct attach_result *result, int lock_timeout_ms)
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
int attach_put_back(const struct xdp_state *hook, int fd, enum attach_mode mode)
{
	struct bpf_prog_info info;
	int err = bpf_info_program(fd, &info);

	if (!err)
		err = info.type == BPF_PROG_TYPE_EXT ?
			      attach_dispatcher_add_loaded(hook, fd, mode) :
			      attach_direct_replace(hook->ifindex, fd, -1, mode);
	attach_say_not_put_back(hook, err);
	return err;
}

int attach_check_gone(const struct xdp_state *hook, const __u32 *ids, size_t count)
{
	struct xdp_state now = *hook;
	size_t i;

	if (attach_query(&now))
		return 0;
	for (i = 0; i < count; i++) {
		if (!xdp_state_has(&now, ids[i]))
			continue;
		log_error("could not detach program %u from %s: it is still there", ids[i],
			  hook->device);
		return -EBUSY;
	}
	return 0;
}

int attach_remove(const struct xdp_state *hook, const __u32 *ids, size_t count, bool force)
{
	int err = hook->dispatcher ? attach_dispatcher_remove(hook, ids, count) :
				     attach_direct_remove(hook, force);

	return err ? err : attach_check_gone(hook, ids, count);
}

int attach_remove_all(const struct xdp_state *hook, bool force)
{
	if (!hook->dispatcher)
		return attach_remove(hook, &hook->main_id, 1, force);
	/* Without @force what has come since @hook was read stays. */
	return force ? attach_dispatcher_remove_all(hook) :
		       attach_remove(hook, hook->ids, hook->count, false);
}
