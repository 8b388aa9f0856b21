// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "xdp_links.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>

/* Adds link @id if it is an XDP link. */
static int add_link(struct xdp_links *links, __u32 id)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	int fd = bpf_link_get_fd_by_id(id), err;
	struct xdp_link *more;

	if (fd < 0)
		return 0; /* gone in between */
	err = bpf_obj_get_info_by_fd(fd, &info, &size);
	close(fd);
	if (err || info.type != BPF_LINK_TYPE_XDP)
		return 0;
	more = realloc(links->links, (links->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	links->links = more;
	more[links->count++] = (struct xdp_link){ .id = id,
						  .program = info.prog_id,
						  .ifindex = (int)info.xdp.ifindex };
	return 0;
}

static void read_all(struct xdp_links *links)
{
	__u32 id = 0;
	int err = 0;

	links->read = true;
	while (!err && !bpf_link_get_next_id(id, &id))
		err = add_link(links, id);
}

__u32 xdp_links_find(struct xdp_links *links, __u32 program, int ifindex)
{
	size_t i;

	if (!links->read)
		read_all(links);
	for (i = 0; i < links->count; i++)
		if (links->links[i].program == program && links->links[i].ifindex == ifindex)
			return links->links[i].id;
	return 0;
}

void xdp_links_free(struct xdp_links *links)
{
	free(links->links);
	*links = (struct xdp_links){ 0 };
}
