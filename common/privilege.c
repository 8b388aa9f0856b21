// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "privilege.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "log.h"
#include "map_pin.h"

#ifndef CAP_BPF
#define CAP_BPF 39 /* linux/capability.h since 5.8 */
#endif

/* As the kernel takes them: 64 bits in two words. */
struct capabilities {
	struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
};

static int get(struct capabilities *capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &header, capabilities->word) ? -errno : 0;
}

static int set(const struct capabilities *capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &header, capabilities->word) ? -errno : 0;
}

/* What opening a pin may take: of the process's own, and now in effect. */
static struct capabilities needed_of(const struct capabilities *own)
{
	static const int needed[] = { CAP_BPF, CAP_SYS_ADMIN, CAP_DAC_OVERRIDE,
				      CAP_DAC_READ_SEARCH };
	struct capabilities kept = { 0 };
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		__u32 bit = own->word[CAP_TO_INDEX(needed[i])].permitted & CAP_TO_MASK(needed[i]);

		kept.word[CAP_TO_INDEX(needed[i])].permitted |= bit;
		kept.word[CAP_TO_INDEX(needed[i])].effective |= bit;
	}
	return kept;
}

static bool can_open(const char *path)
{
	int fd = map_pin_try(path, MAP_PIN_READ);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void privilege_drop(const char *path)
{
	struct capabilities own, without, none = { 0 }, kept;
	size_t i;
	int err = get(&own);

	if (err || !memcmp(&own, &none, sizeof(own)))
		return;
	/* Not in effect, but not lost yet. */
	without = own;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		without.word[i].effective = 0;
	err = set(&without);
	kept = !err && (!path || can_open(path)) ? none : needed_of(&own);
	if (!err)
		err = set(&kept);
	if (err)
		log_warn("could not drop capabilities: %s", strerror(-err));
}
