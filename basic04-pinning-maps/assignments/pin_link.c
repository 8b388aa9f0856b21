// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pin_link DEVICE PROGRAM PIN: attaches the pinned XDP program to the device by a bpf_link, and
 * pins the link: a pin that is neither a map's nor a program's.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

int main(int argc, char **argv)
{
	int program, link, err;

	if (argc != 4) {
		fprintf(stderr, "Usage: pin_link DEVICE PROGRAM PIN\n");
		return 2;
	}
	program = bpf_obj_get(argv[2]);
	link = program < 0 ? program :
			     bpf_link_create(program, if_nametoindex(argv[1]), BPF_XDP, NULL);
	err = link < 0 ? link : bpf_obj_pin(link, argv[3]);
	if (err)
		fprintf(stderr, "pin_link: could not pin a link at %s: %s\n", argv[3],
			strerror(-err));
	return err ? 1 : 0;
}
