// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who may open a pin, and what for: the modes of the file and its folder, and a user who has no
 * capability at all.
 */
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../example.h"

#define DIR "/sys/fs/bpf/access"
#define PIN DIR "/pin"
#define NOBODY 65534

/* A BPF filesystem that this process alone sees, and that goes with it: others have modes of their
 * own, and a folder above that is closed closes all below.
 */
static void mount_own_bpffs(void)
{
	example_must("get own mounts", unshare(CLONE_NEWNS) ? -errno : 0);
	example_must("keep mounts from spreading",
		     mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -errno : 0);
	example_must("mount a BPF filesystem",
		     mount("bpf", "/sys/fs/bpf", "bpf", 0, "mode=0755") ? -errno : 0);
	umask(0022);
	example_must("make " DIR, mkdir(DIR, 0755) ? -errno : 0);
}

static void make_pin(void)
{
	int map = example_must("make a map",
			       bpf_map_create(BPF_MAP_TYPE_ARRAY, "access", 4, 4, 1, NULL));
	struct stat made;

	example_must("pin", bpf_obj_pin(map, PIN));
	example_must("look at the pin", stat(PIN, &made) ? -errno : 0);
	printf("a new pin has mode %04o\n", made.st_mode & 07777);
	close(map);
}

/* Opens the pin and tries what there is to try. */
static void try(const char *name, __u32 flags)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = flags);
	__u32 key = 0, value = 1;
	int map = bpf_obj_get_opts(PIN, &opts);

	printf("  %-14s open %-8s", name, example_answer(map));
	if (map >= 0) {
		printf(" lookup %-6s", example_answer(bpf_map_lookup_elem(map, &key, &value)));
		printf(" update %s", example_answer(bpf_map_update_elem(map, &key, &value, 0)));
		close(map);
	}
	printf("\n");
}

static void try_all(void)
{
	try("0", 0);
	try("BPF_F_RDONLY", BPF_F_RDONLY);
	try("BPF_F_WRONLY", BPF_F_WRONLY);
}

/* With the last user ID that is 0, the kernel takes all capabilities away. */
static void become_nobody(void)
{
	example_must("leave all groups", setgroups(0, NULL) ? -errno : 0);
	example_must("change group", setresgid(NOBODY, NOBODY, NOBODY) ? -errno : 0);
	example_must("change user", setresuid(NOBODY, NOBODY, NOBODY) ? -errno : 0);
}

static void as_nobody(const char *what, mode_t dir, mode_t pin)
{
	printf("%s: folder %04o, pin %04o\n", what, dir, pin);
	fflush(stdout);
	example_must("change the folder's mode", chmod(DIR, dir) ? -errno : 0);
	example_must("change the pin's mode", chmod(PIN, pin) ? -errno : 0);
	if (fork() == 0) {
		become_nobody();
		try_all();
		exit(EXIT_SUCCESS);
	}
	wait(NULL);
}

int main(void)
{
	mount_own_bpffs();
	make_pin();
	printf("root\n");
	try_all();
	try("both", BPF_F_RDONLY | BPF_F_WRONLY);
	as_nobody("nobody, a new pin", 0755, 0600);
	as_nobody("nobody, readable", 0755, 0644);
	as_nobody("nobody, writable too", 0755, 0666);
	as_nobody("nobody, the folder closed", 0700, 0666);
	return 0;
}
