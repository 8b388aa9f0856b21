// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "action.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/bpf.h>

#include "log.h"
#include "xdp_stats_record.h"

const char *action_name(__u32 action)
{
	static const char *const names[XDP_ACTION_MAX] = {
		[XDP_ABORTED] = "XDP_ABORTED",	 [XDP_DROP] = "XDP_DROP",
		[XDP_PASS] = "XDP_PASS",	 [XDP_TX] = "XDP_TX",
		[XDP_REDIRECT] = "XDP_REDIRECT",
	};

	return action < XDP_ACTION_MAX ? names[action] : "XDP_UNKNOWN";
}

int action_parse(const char *name)
{
	const size_t prefix = strlen("XDP_");
	int action;

	for (action = 0; action < XDP_ACTION_MAX; action++)
		if (!strcasecmp(action_name(action), name) ||
		    !strcasecmp(action_name(action) + prefix, name))
			return action;
	log_error("'%s' is not an XDP action: give aborted, drop, pass, tx or redirect", name);
	return -EINVAL;
}

int action_parse_list(const char *list, __u32 *mask)
{
	char name[32];
	int action;

	*mask = 0;
	for (; strcmp(list, "none"); list += strspn(list, ",")) {
		size_t length = strcspn(list, ",");

		snprintf(name, sizeof(name), "%.*s", (int)length, list);
		action = action_parse(name);
		if (action < 0)
			return action;
		*mask |= 1U << action;
		list += length;
		if (!*list)
			return 0;
	}
	return 0;
}
