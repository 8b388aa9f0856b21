// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* device: names that the kernel would take, and names in a BPF filesystem. */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "escape.h"
#include "log.h"
#include "tap.h"

static FILE *messages;

static void check_name(const char *name, int expected)
{
	int err = device_check_name(name);
	const char *message = messages_take(messages);
	char shown[64];

	escape_text(shown, sizeof(shown), name);
	ok(err == expected && !*message == !err && (!err || strstr(message, shown)),
	   "device name '%s': %d", shown, err);
}

static void check_netns(const char *name, int expected)
{
	int err = device_check_netns(name);
	const char *message = messages_take(messages);

	ok(err == expected && !*message == !err, "network namespace '%.20s': %d", name, err);
}

static void check_pin_name(const char *name, const char *expected)
{
	char pin_name[64];

	memset(pin_name, '#', sizeof(pin_name));
	device_pin_name(name, pin_name);
	ok(!strcmp(pin_name, expected) && pin_name[strlen(name) + 1] == '#',
	   "pin name of '%s': '%s'", name, pin_name);
}

static void check_others(void)
{
	char long_name[300];
	char other[IF_NAMESIZE];

	memset(long_name, 'n', sizeof(long_name));
	long_name[249] = '\0';
	check_netns(long_name, 0);
	long_name[249] = 'n';
	long_name[250] = '\0';
	check_netns(long_name, -ENAMETOOLONG);

	ok(device_index("lo", NULL) > 0, "lo has an index");
	ok(device_index("no such", "blue") == -ENODEV, "a device that is not there has none");
	ok(strstr(messages_take(messages), "blue") != NULL, "which is said, with the namespace");
	ok(device_find("lo", other) == device_index("lo", NULL) && !strcmp(other, "lo"),
	   "lo goes by its own name");
	ok(!device_find("no_such", other) && !strcmp(other, "no_such"), "and nothing by another");
	ok(device_enter_netns("no-such-namespace") == -ENOENT, "a namespace that is not there");
	ok(strstr(messages_take(messages), "no-such-namespace") != NULL, "is named");
}

int main(void)
{
	log_init("unit", LOG_NORMAL);
	messages = messages_begin();
	check_name("eth0", 0);
	check_name("eth0.100", 0);
	check_name("a", 0);
	check_name("...", 0);
	check_name("123456789012345", 0);
	check_name("-x", 0);
	check_name("1234567890123456", -ENAMETOOLONG);
	check_name("", -EINVAL);
	check_name(".", -EINVAL);
	check_name("..", -EINVAL);
	check_name("a/b", -EINVAL);
	check_name("a:1", -EINVAL);
	check_name("a b", -EINVAL);
	check_name("a\t", -EINVAL);
	check_netns("blue", 0);
	check_netns("with space", 0);
	check_netns("", -EINVAL);
	check_netns(".", -EINVAL);
	check_netns("..", -EINVAL);
	check_netns("../x", -EINVAL);
	check_netns("/run/netns/x", -EINVAL);
	check_pin_name("eth0", "eth0");
	check_pin_name("eth0.100", "eth0_100");
	check_pin_name("a.b.c", "a_b_c");
	check_pin_name(".", "_");
	check_pin_name("", "");
	check_others();
	return tap_end();
}
