/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The actions of XDP programs, by name. */
#ifndef ACTION_H
#define ACTION_H

#include <linux/types.h>

/* "XDP_PASS" and so on; "XDP_UNKNOWN" for a number that is none. */
const char *action_name(__u32 action);

/* The action called @name, "XDP_PASS" or "pass", in any case; or -EINVAL with a message. */
int action_parse(const char *name);

/* Sets bit N of @mask for each action N in @list, as in "pass,drop"; "none": no bit. 0, or -EINVAL
 * with a message.
 */
int action_parse_list(const char *list, __u32 *mask);

#endif /* ACTION_H */
