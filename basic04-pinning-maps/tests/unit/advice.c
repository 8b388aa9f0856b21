// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is advised for words of kernels and drivers that are not here, and numbers of queues. */
#include <errno.h>
#include <string.h>

#include "attach_advice.h"
#include "device_queues.h"
#include "tap.h"

static const struct {
	const char *what;
	struct device_queues queues;
	bool is_native, is_shared;
	const char *advice;
} cases[] = {
	{ "another driver", { .max = 0 }, false, false, NULL },
	{ "1 queue, 2 CPUs", { true, 1, 1, 2 }, false, true, "4 queues from the hypervisor" },
	{ "the same, under a program", { true, 1, 1, 2 }, true, true, "in QEMU 'queues=4'" },
	{ "2 of 4 queues, 2 CPUs", { true, 2, 4, 2 }, false, false, NULL },
	{ "the same, under a program", { true, 4, 4, 2 }, true, false, NULL },
	{ "3 of 4 queues", { true, 3, 4, 2 }, false, true, "'ethtool -L eth0 combined 2', while" },
	{ "2 of 2 queues, 2 CPUs", { true, 2, 2, 2 }, false, true, "4 queues from" },
	{ "2 of 3 queues, 2 CPUs", { true, 2, 3, 2 }, false, true, "'ethtool -L eth0 combined 1'" },
};

static void test_queues(void)
{
	char text[DEVICE_QUEUES_ADVICE_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_shared = device_queues_would_be_shared(&cases[i].queues,
							       cases[i].is_native);

		ok(is_shared == cases[i].is_shared, "%s: shared: %d", cases[i].what, is_shared);
		if (!cases[i].advice)
			continue;
		device_queues_advise(&cases[i].queues, "eth0", text);
		ok(strstr(text, cases[i].advice), "%s: %s", cases[i].what, text);
	}
}

static void check(const struct xdp_state *hook, enum attach_mode asked, enum attach_mode mode,
		  const char *kernel, int err, const char *expected)
{
	const struct attach_request request = { .mode = asked };
	char text[ATTACH_ADVICE_SIZE];
	const char *advice = attach_advise(hook, &request, mode, kernel, err, text);

	ok(!strcmp(advice, expected), "%s: %s", kernel, advice);
}

int main(void)
{
	struct xdp_state hook = { .device = "no-such-device", .ifindex = -1 };
	const char *queues = "virtio_net: Too few free TX rings available";

	test_queues();
	check(&hook, ATTACH_NATIVE, ATTACH_NATIVE, queues, -ENOMEM,
	      "; what helps: more queues from the hypervisor; try --auto-mode or --skb-mode");
	check(&hook, ATTACH_AUTO, ATTACH_NATIVE, queues, -ENOMEM,
	      "; what helps: more queues from the hypervisor");
	check(&hook, ATTACH_NATIVE, ATTACH_NATIVE, "", -ENOMEM, "; free some memory first");
	check(&hook, ATTACH_NATIVE, ATTACH_NATIVE, "", -EOPNOTSUPP,
	      "; try --auto-mode or --skb-mode");
	check(&hook, ATTACH_AUTO, ATTACH_SKB, "", -EINVAL,
	      "; see 'ip -d link' for what the device is");
	/* Behind a dispatcher that others share, another mode is not advised, whatever else is. */
	hook.dispatcher = true;
	hook.count = 2;
	check(&hook, ATTACH_NATIVE, ATTACH_NATIVE, queues, -ENOMEM,
	      "; what helps: more queues from the hypervisor; skb mode is possible only if no "
	      "other program is on no-such-device: unload the others first");
	return tap_end();
}
