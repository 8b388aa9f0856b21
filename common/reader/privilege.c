// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "privilege.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "log.h"

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

#define BIT(capability_) (1ULL << (capability_))

/* What opening pins, replacing a file in another user's folder, or measuring programs may require,
 * from the least on.
 */
static const __u64 steps[] = {
	0,
	BIT(CAP_DAC_READ_SEARCH),
	BIT(CAP_BPF),
	BIT(CAP_BPF) | BIT(CAP_DAC_READ_SEARCH),
	BIT(CAP_DAC_OVERRIDE),
	BIT(CAP_SYS_ADMIN),
	BIT(CAP_SYS_ADMIN) | BIT(CAP_DAC_READ_SEARCH),
	BIT(CAP_BPF) | BIT(CAP_SYS_ADMIN) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_DAC_OVERRIDE),
};

/* Those of @own in @wanted, in effect; the others are @kept to be had later, or lost. */
static struct capabilities choose(const struct capabilities *own, __u64 wanted, bool kept)
{
	struct capabilities chosen = { 0 };
	size_t i;

	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		chosen.word[i].effective = own->word[i].permitted & (__u32)(wanted >> 32 * i);
		chosen.word[i].permitted = kept ? own->word[i].permitted : chosen.word[i].effective;
	}
	return chosen;
}

/* A process without CAP_SETPCAP keeps it: with NO_NEW_PRIVS it gives nothing. */
static int empty_bounding_set(void)
{
	unsigned long i;

	for (i = 0; !prctl(PR_CAPBSET_DROP, i, 0, 0, 0); i++)
		continue;
	return errno == EPERM || errno == EINVAL ? 0 : -errno; /* EINVAL: there are no more */
}

/* Neither the process nor what it might run gets a capability back. */
static int seal(bool continues)
{
	int err = continues ? empty_bounding_set() : 0;

	return err ? err : prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

void privilege_drop(bool (*is_enough)(const void *context), const void *context)
{
	const size_t count = sizeof(steps) / sizeof(steps[0]);
	struct capabilities own, tried, none = { 0 };
	size_t i;
	int err = seal(is_enough);

	if (!err)
		err = get(&own);
	if (!err && !memcmp(&own, &none, sizeof(own)))
		return;
	for (i = 0; i < count && !err; i++) {
		tried = choose(&own, steps[i], true);
		err = set(&tried);
		if (!err && (!is_enough || i == count - 1 || is_enough(context))) {
			tried = choose(&own, steps[i], false);
			err = set(&tried);
			break;
		}
	}
	if (err)
		log_warn("could not drop capabilities: %s", strerror(-err));
}
