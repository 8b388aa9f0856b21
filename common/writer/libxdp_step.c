// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "libxdp_step.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "attach_direct.h"
#include "attach_dispatcher.h"
#include "attach_say.h"
#include "libxdp_pins.h"
#include "log.h"

static int print_libxdp(enum libxdp_print_level level, const char *format, va_list args)
{
	(void)level;
	log_library("libxdp", format, args);
	return 0;
}

int libxdp_step_error(const void *object)
{
	return object ? (int)libxdp_get_error(object) : errno ? -errno : -EIO;
}

void libxdp_step_print(void)
{
	libxdp_set_print(print_libxdp);
}

static enum xdp_attach_mode libxdp_mode(enum attach_mode mode)
{
	return mode == ATTACH_NATIVE ? XDP_MODE_NATIVE : XDP_MODE_SKB;
}

/* The hook before a step of libxdp's, and what the kernel ran there, open; -1: nothing. */
struct step {
	struct xdp_state hook;
	int fd;
	__u64 begun; /* as load_time of struct bpf_prog_info */
};

/* 0; or -errno, and there is nothing to end. */
static int begin_step(struct step *step, const struct xdp_state *hook)
{
	struct timespec now;
	int err;

	clock_gettime(CLOCK_BOOTTIME, &now);
	*step = (struct step){ .hook = *hook,
			       .fd = -1,
			       .begun = now.tv_sec * 1000000000ULL + now.tv_nsec };
	libxdp_step_print();
	err = attach_query_main(&step->hook);
	if (err || !step->hook.main_id)
		return err;
	step->fd = attach_open_program(&step->hook, step->hook.main_id);
	return step->fd < 0 ? step->fd : 0;
}

/* Whether it is a dispatcher of which libxdp has no pins, and that our user has loaded in this
 * step: others may have a BPF filesystem of their own.
 */
static bool is_orphan(const struct xdp_state *hook, __u64 begun)
{
	struct bpf_prog_info program;

	return !attach_program_info(hook, hook->main_id, &program) &&
	       !strcmp(program.name, ATTACH_DISPATCHER_NAME) && program.load_time >= begun &&
	       program.created_by_uid == geteuid() &&
	       !libxdp_pins_may_have(hook->ifindex, hook->main_id);
}

/* The kernel has refused, so that no answer was lost. */
static bool is_refusal(int err)
{
	return err == -EBUSY || err == -EEXIST;
}

/* If the kernel's answer to libxdp was lost, the new dispatcher is attached, and libxdp has taken
 * its programs away again: then what was there comes back. Returns @err.
 */
static int end_step(const struct step *step, int err)
{
	struct xdp_state now = step->hook;
	int fd;

	if (err && !is_refusal(err) && !attach_query_main(&now) && now.main_id &&
	    now.main_id != step->hook.main_id && is_orphan(&now, step->begun)) {
		fd = attach_open_program(&now, now.main_id);
		attach_say_not_put_back(
			&now,
			fd < 0 ? fd : attach_direct_replace(now.ifindex, step->fd, fd, now.mode));
		if (fd >= 0)
			close(fd);
	}
	if (step->fd >= 0)
		close(step->fd);
	return err;
}

int libxdp_step_attach(const struct xdp_state *hook, struct xdp_program **programs, size_t count,
		       enum attach_mode mode)
{
	struct step step;
	int err = begin_step(&step, hook);

	if (err)
		return err;
	err = xdp_program__attach_multi(programs, count, hook->ifindex, libxdp_mode(mode), 0);
	return end_step(&step, err);
}

int libxdp_step_detach(const struct xdp_state *hook, struct xdp_program **programs, size_t count)
{
	struct step step;
	int err = begin_step(&step, hook);

	if (err)
		return err;
	err = xdp_program__detach_multi(programs, count, hook->ifindex, libxdp_mode(hook->mode), 0);
	return end_step(&step, err);
}
