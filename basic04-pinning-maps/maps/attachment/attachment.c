// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an attached program keeps alive, and what keeps it attached. */
#include <linux/if_link.h>

#include <bpf/libbpf.h>

#include "../lifetime/look.h"
#include "../network.h"

#define PIN "/sys/fs/bpf/attachment"

static int lo; /* of a network namespace of this process alone */

static void attached_to_device(void)
{
	__u32 id;
	int map = make_map("a program attached to a device", &id), program = load_program(map);

	example_must("attach", bpf_xdp_attach(lo, program, XDP_FLAGS_SKB_MODE, NULL));
	close(map);
	close(program);
	look("map and program closed", id);
	example_must("detach", bpf_xdp_detach(lo, XDP_FLAGS_SKB_MODE, NULL));
	look("program detached", id);
}

static void attached_by_link(void)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
	__u32 id;
	int map = make_map("a program attached by a link", &id), program = load_program(map);
	int link = example_must("attach", bpf_link_create(program, lo, BPF_XDP, &opts));

	close(map);
	close(program);
	look("map and program closed", id);
	close(link);
	look("link closed", id);
}

static void attached_by_pinned_link(void)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
	__u32 id;
	int map = make_map("a program attached by a link that is pinned", &id),
	    program = load_program(map);
	int link = example_must("attach", bpf_link_create(program, lo, BPF_XDP, &opts));

	example_must("pin the link at " PIN, bpf_obj_pin(link, PIN));
	close(map);
	close(program);
	close(link);
	look("all closed", id);
	example_tell("detach", bpf_xdp_detach(lo, XDP_FLAGS_SKB_MODE, NULL));
	unlink(PIN);
	look("pin removed", id);
}

static void device_gone(void)
{
	__u32 id;
	int map = make_map("a program attached to a device that goes", &id),
	    program = load_program(map);

	network_make("v0", "v1");
	example_must("attach",
		     bpf_xdp_attach((int)if_nametoindex("v0"), program, XDP_FLAGS_SKB_MODE, NULL));
	close(map);
	close(program);
	look("map and program closed", id);
	network_run("ip link del v0");
	look("device removed", id);
}

int main(void)
{
	unlink(PIN);		/* of a run that was killed */
	libbpf_set_print(NULL); /* a detach that is refused is an answer here */
	network_own();
	lo = (int)if_nametoindex("lo");
	attached_to_device();
	device_gone();
	attached_by_link();
	attached_by_pinned_link();
	return 0;
}
