/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One device in a list: what is known of it, and what follows from that. */
#ifndef LIST_ITEM_H
#define LIST_ITEM_H

#include <stdbool.h>

#include "attach.h"
#include "owner.h"
#include "pin_dir.h"
#include "pin_list.h"
#include "xdp_links.h"

struct list_item {
	const char *netns;  /* whose devices are listed; NULL: those of the process's own */
	const char *device; /* its name now, or the one that it had */
	const char *was;    /* its name at load time, if it was renamed since; NULL */
	int ifindex;	    /* 0: it is gone */
	bool elsewhere;	    /* in a network namespace that the process is not in */
	const char *path;   /* of its pin directory; NULL: it has none */
	struct pin_list pins, staged; /* staged: of a load that is not finished */
	struct xdp_state hook;
	struct xdp_links *links;
};

enum list_liveness { LIST_STALE, LIST_LIVE, LIST_UNKNOWN };

/* The name of each. */
const char *list_liveness_name(enum list_liveness liveness);

/* Whether a program on the hook uses the map; or is the program, or hands packets to it. What is
 * attached in a network namespace that is not here is not known. Or -errno, with a message.
 */
int list_item_judge(const struct list_item *item, const struct pin *pin);

/* What holds program @id on the hook: our pin of it, which may be staged, or NULL; and if it is not
 * ours, the ID of a bpf_link, or 0.
 */
const struct pin *list_item_pin(const struct list_item *item, __u32 id);
__u32 list_item_link(const struct list_item *item, __u32 id);

/* Sets @info to what the kernel tells of program @id on the hook. 0; -ENOENT: it has gone in
 * between; or another -errno, with a message.
 */
int list_item_info(const struct list_item *item, __u32 id, struct bpf_prog_info *info);

/* Writes the program's tag to @tag, in hexadecimal; returns @tag. */
#define LIST_TAG_SIZE (2 * BPF_TAG_SIZE + 1)
char *list_item_tag(const struct bpf_prog_info *info, char *tag);

/* Print the device, as text or as a line of JSON. 0 or -errno, with a message. */
int list_text(const struct list_item *item);
int list_json(const struct list_item *item);

#endif /* LIST_ITEM_H */
