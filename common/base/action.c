// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "action.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <linux/bpf.h>

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
	return -EINVAL;
}
