/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A device's XDP hook: who is on it, and putting programs there and taking them off.
 *
 * Two ways, one interface. Through libxdp's dispatcher several programs share the hook; it needs a
 * kernel that lets one program replace a function of another (freplace). The direct way attaches
 * one program by netlink. Each request says which program it expects on the hook, and fails if
 * another is there.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include "device_xdp.h"
#include "object.h"

enum attach_mode {
	ATTACH_NATIVE,	  /* in the driver */
	ATTACH_SKB,	  /* generic: after the kernel has made a socket buffer */
	ATTACH_AUTO,	  /* as what is on the hook, native if it is empty; skb if native fails */
	ATTACH_OFFLOADED, /* only ever found, never asked for */
};

#define ATTACH_MAX_PROGRAMS 10 /* slots of libxdp's dispatcher */

/* What the user asks for: a program's place in libxdp's dispatcher. */
struct attach_order {
	__u32 priority;	     /* 0: the object's */
	bool sets_actions;   /* false: ignore goes_on_after, take the object's actions */
	__u32 goes_on_after; /* bit N: after action N the dispatcher calls the next program */
};

/* Where libxdp puts a program: lower priorities first, then by name. */
struct attach_place {
	unsigned int priority;
	unsigned int goes_on_after; /* bit N: after action N the next program sees the packet */
	char name[128];
};

struct xdp_state {
	const char *device; /* for messages */
	int ifindex;
	/* Pinned programs, which can be opened without CAP_SYS_ADMIN; NULL: none. The caller owns
	 * the lists.
	 */
	const struct pin_list *known[2];
	__u32 main_id; /* of what the kernel runs: a program, or the dispatcher; 0: nothing */
	enum attach_mode mode;
	bool dispatcher;
	/* In the order in which they run; without a dispatcher main_id alone. */
	__u32 ids[ATTACH_MAX_PROGRAMS];
	char names[ATTACH_MAX_PROGRAMS][128];		 /* their names; "" if one has none */
	struct attach_place places[ATTACH_MAX_PROGRAMS]; /* if there is a dispatcher */
	size_t count;
};

struct attach_request {
	struct object *object; /* loaded */
	enum attach_mode mode;
	bool direct; /* do not use the dispatcher, even if it is possible */
	struct attach_order order;
	bool force;   /* replace somebody else's program if necessary */
	__u32 old_id; /* our own program on the hook, to be replaced; 0: none */
	int old_fd;   /* its descriptor; -1: none */
};

struct attach_result {
	__u32 id; /* of the program as attached */
	int fd;	  /* the caller's to close; -1: none */
	enum attach_mode mode;
	bool dispatcher;
	/* The program that a direct attach replaced, or -1. It is kept open for attach_undo(), as
	 * the kernel would free it otherwise. The caller closes it.
	 */
	int before_fd;
	__u32 before_dispatcher; /* its ID, if that was libxdp's dispatcher; else 0 */
};

const char *attach_mode_name(enum attach_mode mode);

/* Read which programs are on the hook; the caller has set hook->device, ->ifindex and ->known.
 * Return 0, or -errno with a message; attach_look() prints none for -ENODEV: the device has gone.
 * @xdp: what the kernel has just reported about the device; NULL: asks the kernel.
 */
int attach_query(struct xdp_state *hook);
int attach_look(struct xdp_state *hook, const struct device_xdp *xdp);

/* Reads only hook->main_id and hook->mode. Returns as attach_look(). */
int attach_query_main(struct xdp_state *hook);

/* Whether program @id uses map @map: 1, 0 or -errno, without a message. */
int attach_program_uses(const struct xdp_state *hook, __u32 id, __u32 map);

/* Gets the kernel's information about program @id: for one in hook->known, what was stored when its
 * pin was read. 0 or -errno, without a message.
 */
int attach_program_info(const struct xdp_state *hook, __u32 id, struct bpf_prog_info *info);

/* Opens program @id. Returns a descriptor, which the caller closes; or -errno. -EPERM: the program
 * is not in hook->known, and the process has no CAP_SYS_ADMIN.
 */
int attach_open_program(const struct xdp_state *hook, __u32 id);

/* Says that program @id could not be looked at, and why. Returns @err. */
int attach_fail_to_look_at(__u32 id, int err);

bool xdp_state_has(const struct xdp_state *hook, __u32 id);

/* Returns our program on the hook, the one that has a pin in @pins; or NULL. */
const struct pin *attach_find_own(const struct pin_list *pins, const struct xdp_state *hook);

/* The name of program @id: its pin's if it is in hook->known, else the full name from its BTF, else
 * the kernel's (15 characters at most); "?" if it has none, or is not on the hook.
 */
const char *xdp_state_name(const struct xdp_state *hook, __u32 id);

/* Attaches the request's program, in place of our old one if there is one. Returns 0, or -errno
 * with a message: then the hook is as before, unless putting it back failed, too.
 */
int attach_program(const struct xdp_state *hook, const struct attach_request *request,
		   struct attach_result *result);

/* Checks that the program is on the hook. Stores in @result its mode, and whether it is behind the
 * dispatcher. Returns 0, or -errno with a message.
 */
int attach_read_back(const struct xdp_state *before, struct attach_result *result);

/* Puts back what attach_program() found. Returns 0, even if the program or the device is gone; or
 * -errno with a message.
 */
int attach_undo(const struct xdp_state *before, const struct attach_request *request,
		const struct attach_result *result);

/* If a direct program replaced a dispatcher, removes that dispatcher's pins. After that,
 * attach_undo() cannot succeed. Waits at most @lock_timeout_ms for libxdp's lock. Returns 0; or
 * -errno with a message, and nothing is removed.
 */
int dispatcher_unpin_replaced(struct attach_result *result, int lock_timeout_ms);

/* Attaches program @fd again, to an empty hook. Returns 0, or -errno with a message.
 */
int attach_put_back(const struct xdp_state *hook, int fd, enum attach_mode mode);

/* Detaches the @count programs in @ids in one step, and checks that they are gone. Without a
 * dispatcher @count is 1; if a bpf_link holds that program, this needs @force. Returns 0, or -errno
 * with a message.
 */
int attach_remove(const struct xdp_state *hook, const __u32 *ids, size_t count, bool force);

/* Call it after the kernel has reported a detach. Returns -EBUSY with a message if one of the
 * @count programs is still on the hook; else 0, also if the hook cannot be read.
 */
int attach_check_gone(const struct xdp_state *hook, const __u32 *ids, size_t count);

/* Detaches all programs of @hook; with @force also those attached since it was read. Returns 0, or
 * -errno with a message.
 */
int attach_remove_all(const struct xdp_state *hook, bool force);

#endif /* ATTACH_H */
