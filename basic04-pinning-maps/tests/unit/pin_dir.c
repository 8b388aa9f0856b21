// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pin_dir: the paths. */
#include <errno.h>
#include <string.h>

#include "bpffs.h"
#include "log.h"
#include "pin_dir.h"
#include "tap.h"

static FILE *messages;

static void check_path(const char *base, const char *netns, const char *device,
		       const char *expected)
{
	struct pin_dir dir;
	int err = pin_dir_init(&dir, base, netns, device);

	ok(!err && !strcmp(dir.path, expected) && dir.fd == -1, "%s", expected);
}

static void fill(char *text, size_t len)
{
	memset(text, 'd', len);
	text[0] = '/';
	text[len] = '\0';
}

/* A base of this length, with which the paths still fit, or do not. */
static void check_length(size_t base_len, const char *netns, int expected)
{
	static char base[2 * PATH_MAX];
	struct pin_dir dir;
	int err;

	fill(base, base_len);
	err = pin_dir_init(&dir, base, netns, "eth0");
	ok(err == expected && !*messages_take(messages) == !err, "a base of %zu bytes%s: %d",
	   base_len, netns ? ", with a namespace" : "", err);
}

static void check_map_length(void)
{
	char path[PATH_MAX], name[NAME_MAX + 2];
	struct pin_dir dir;

	pin_dir_init(&dir, "/base", NULL, "eth0");
	ok(!pin_dir_map_path(&dir, "xdp_stats_map", path, sizeof(path)) &&
		   !strcmp(path, "/base/eth0/xdp_stats_map"),
	   "a map's path");
	ok(!pin_dir_map_path(&dir, ".rodata", path, sizeof(path)) &&
		   !strcmp(path, "/base/eth0/_rodata"),
	   "a map's name has its dots changed");
	ok(!pin_dir_map_path(&dir, "map", path, sizeof("/base/eth0/map")), "a path that just fits");
	ok(!*messages_take(messages), "nothing was said");
	ok(pin_dir_map_path(&dir, "map", path, sizeof("/base/eth0/map") - 1) == -ENAMETOOLONG,
	   "a path that just does not");
	ok(strstr(messages_take(messages), "--pin-base") != NULL, "what to do is said");

	fill(name, NAME_MAX);
	name[0] = 'd';
	ok(!pin_dir_map_path(&dir, name, path, sizeof(path)), "a map's longest name");
	fill(name, NAME_MAX + 1);
	name[0] = 'd';
	ok(pin_dir_map_path(&dir, name, path, 64) == -ENAMETOOLONG,
	   "a longer one, in a short path");
	messages_take(messages);
}

static void check_reserved(const char *device, const char *netns, int expected)
{
	struct pin_dir dir;
	int err = pin_dir_init(&dir, "/base", netns, device);

	ok(err == expected && !*messages_take(messages) == !err, "device %s%s: %d", device,
	   netns ? " in a namespace" : "", err);
}

int main(void)
{
	const size_t room = PATH_MAX - sizeof("/eth0");

	log_init("unit", LOG_NORMAL);
	messages = messages_begin();
	check_path(BPFFS_PATH, NULL, "eth0", "/sys/fs/bpf/eth0");
	check_path(BPFFS_PATH, NULL, "eth0.100", "/sys/fs/bpf/eth0_100");
	check_path(BPFFS_PATH, "blue", "eth0", "/sys/fs/bpf/netns-blue/eth0");
	check_path(BPFFS_PATH, "b.l.ue", "a.b", "/sys/fs/bpf/netns-b_l_ue/a_b");
	/* The base is the caller's: its dots stay. */
	check_path("/tmp/a.b", NULL, "eth0", "/tmp/a.b/eth0");
	check_path("relative", NULL, "eth0", "relative/eth0");
	check_length(room, NULL, 0);
	check_length(room + 1, NULL, -ENAMETOOLONG);
	check_length(PATH_MAX + 100, NULL, -ENAMETOOLONG);
	check_length(room - strlen("/netns-blue"), "blue", 0);
	check_length(room - strlen("/netns-blue") + 1, "blue", -ENAMETOOLONG);
	check_length(PATH_MAX, "blue", -ENAMETOOLONG);
	check_map_length();
	check_reserved("xdp", NULL, -EINVAL);
	check_reserved("netns-x", NULL, -EINVAL);
	check_reserved("netns.x", NULL, 0);
	check_reserved("xdp", "blue", 0);
	check_reserved("netns-x", "blue", 0);
	return tap_end();
}
