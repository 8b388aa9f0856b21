/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A device's XDP hook: who is on it, and putting programs there and taking them off.
 *
 * Two ways, one interface. Through libxdp's dispatcher several programs share the hook; it needs a
 * kernel that lets one program replace a function of another (freplace). Direct is one program on
 * the hook, by netlink, and each step names the program that it expects to find there.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include "object.h"

enum attach_mode {
	ATTACH_NATIVE,	  /* in the driver */
	ATTACH_SKB,	  /* generic: after the kernel has made a socket buffer */
	ATTACH_AUTO,	  /* that of the program on the hook, else native; if it fails, skb */
	ATTACH_OFFLOADED, /* only ever found, never asked for */
};

#define ATTACH_MAX_PROGRAMS 10 /* slots of libxdp's dispatcher */

/* Where libxdp puts a program: lower priorities first, then by name. */
struct attach_place {
	unsigned int priority;
	char name[128];
};

struct xdp_state {
	const char *device; /* for messages */
	int ifindex;
	/* Pinned programs, which can be opened without CAP_SYS_ADMIN; NULL: none. The caller's. */
	const struct pin_list *known[2];
	__u32 main_id; /* of what the kernel runs: a program, or the dispatcher; 0: nothing */
	enum attach_mode mode;
	bool dispatcher;
	__u32 ids[ATTACH_MAX_PROGRAMS]; /* the dispatcher's programs in their order; else main_id */
	char names[ATTACH_MAX_PROGRAMS][BPF_OBJ_NAME_LEN]; /* the same's; "": it has none */
	struct attach_place places[ATTACH_MAX_PROGRAMS];   /* of the dispatcher's */
	size_t count;
};

struct attach_request {
	struct object *object; /* loaded */
	enum attach_mode mode;
	bool direct;  /* even where the dispatcher would do */
	bool force;   /* even where somebody else's program must give way */
	__u32 old_id; /* our own program on the hook, to be replaced; 0 */
	int old_fd;   /* the same; -1 */
};

struct attach_result {
	__u32 id; /* of the program as attached */
	int fd;	  /* the caller's to close; -1 */
	enum attach_mode mode;
	bool dispatcher;
	/* What a direct program took the place of. The kernel frees a program that is neither on a
	 * hook nor pinned nor open, and attach_undo() may want it: the caller's to close, or -1.
	 */
	int before_fd;
	__u32 before_dispatcher; /* its ID, where that was libxdp's dispatcher; 0 */
};

const char *attach_mode_name(enum attach_mode mode);

/* Reads what is on the hook of the device that it says. 0 or -errno, with a message. */
int attach_query(struct xdp_state *hook);

/* Reads hook->main_id and mode alone. As above. */
int attach_query_main(struct xdp_state *hook);

/* What the kernel tells of program @id. 0 or -errno, without a message. */
int attach_program_info(const struct xdp_state *hook, __u32 id, struct bpf_prog_info *info);

/* Opens program @id. A descriptor, the caller's to close, or -errno; -EPERM if it is none that is
 * known, and the process has no CAP_SYS_ADMIN.
 */
int attach_open_program(const struct xdp_state *hook, __u32 id);

/* Says that program @id could not be looked at, and why. Returns @err. */
int attach_fail_to_look_at(__u32 id, int err);

bool xdp_state_has(const struct xdp_state *hook, __u32 id);

/* The pinned program that is on the hook, the one of ours; or NULL. */
const struct pin *attach_find_own(const struct pin_list *pins, const struct xdp_state *hook);

/* The name of program @id on the hook, as the kernel keeps it (15 characters at most); "?" if it
 * has none.
 */
const char *xdp_state_name(const struct xdp_state *hook, __u32 id);

/* Attaches the request's program, in place of our old one if there is one. 0 or -errno, with a
 * message; then the hook is as it was, unless the kernel did not answer any more.
 */
int attach_program(const struct xdp_state *hook, const struct attach_request *request,
		   struct attach_result *result);

/* Reads back that the program is there, and in which mode. 0 or -errno, with a message. */
int attach_read_back(const struct xdp_state *before, struct attach_result *result);

/* Puts back what attach_program() found. 0, also where the program or the device has gone, or
 * -errno with a message.
 */
int attach_undo(const struct xdp_state *before, const struct attach_request *request,
		const struct attach_result *result);

/* Removes the pins by which a dispatcher lived that a direct program took the place of, once
 * libxdp's lock is had, within @lock_timeout_ms: attach_undo() fails from then on. 0; or -errno,
 * with a message, and nothing is removed.
 */
int dispatcher_unpin_replaced(struct attach_result *result, int lock_timeout_ms);

/* Attaches program @fd, which was there, to the hook, which is empty. 0 or -errno, with a message.
 */
int attach_put_back(const struct xdp_state *hook, int fd, enum attach_mode mode);

/* Takes @count programs off the hook, in one step, and checks that they are gone. With @force also
 * where a bpf_link holds one. 0 or -errno, with a message.
 */
int attach_remove(const struct xdp_state *hook, const __u32 *ids, size_t count, bool force);

/* 0 if program @id is not on the hook any more, or that cannot be asked again: the kernel has said
 * so. -EBUSY, with a message, if it is.
 */
int attach_check_gone(const struct xdp_state *hook, __u32 id);

/* Takes off what is on @hook; with @force also what has come since that was read. As above. */
int attach_remove_all(const struct xdp_state *hook, bool force);

#endif /* ATTACH_H */
