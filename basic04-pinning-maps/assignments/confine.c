// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* confine [--by-id] PROGRAM [ARGUMENT]...: runs a program that can do with maps, programs and
 * devices what the assignments need, and cannot reach what judges it:
 *
 * - It sees all mounts read-only, except BPF filesystems. The folder that confine is in is empty.
 * - It has the capabilities for BPF and devices, with --by-id also the one to open maps and
 *   programs by their IDs, and no others. So it cannot look into processes that have more.
 * - The kernel refuses to run another program, to change mounts or namespaces, to trace, and to
 *   signal other processes: EPERM, in the program and in all that it forks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

/* System calls have other numbers for programs of another architecture. */
#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define LAST_NUMBER 0x3fffffff /* those of the x32 ABI are above */
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#define LAST_NUMBER UINT32_MAX
#else
#error "which system calls does this machine have?"
#endif

/* Older headers have no name for these; their numbers are the same on every machine. */
enum later_call {
	PIDFD_SEND_SIGNAL = 424,
	OPEN_TREE = 428,
	MOVE_MOUNT,
	FSOPEN,
	FSCONFIG,
	FSMOUNT,
	FSPICK,
	PIDFD_GETFD = 438,
	MOUNT_SETATTR = 442,
};

#define FIELD(field_) offsetof(struct seccomp_data, field_)
#define LOAD(offset_) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_)
#define IF_EQUAL(value_, yes_, no_) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value_, yes_, no_)
#define IF_ABOVE(value_, yes_, no_) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, value_, yes_, no_)
#define RETURN(action_) BPF_STMT(BPF_RET | BPF_K, action_)
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE_CALL(number_) IF_EQUAL(number_, 0, 1), REFUSE
#define OWN_PROCESS_ONLY(number_, pid_) \
	IF_EQUAL(number_, 0, 4), LOAD(FIELD(args[0])), IF_EQUAL(pid_, 0, 1), ALLOW, REFUSE

/* Of execve(), only the one of this very string is let through. The program that it starts is in a
 * new address space, and the string's old address is a random one.
 */
static int refuse_calls(const char *path)
{
	uint64_t address = (uintptr_t)path;
	uint32_t pid = getpid();
	struct sock_filter steps[] = {
		LOAD(FIELD(arch)),
		IF_EQUAL(NATIVE, 1, 0),
		REFUSE,
		LOAD(FIELD(nr)),
		IF_ABOVE(LAST_NUMBER, 0, 1),
		REFUSE,
		REFUSE_CALL(SYS_execveat),
		REFUSE_CALL(SYS_ptrace),
		REFUSE_CALL(SYS_process_vm_readv),
		REFUSE_CALL(SYS_process_vm_writev),
		REFUSE_CALL(SYS_mount),
		REFUSE_CALL(SYS_umount2),
		REFUSE_CALL(SYS_pivot_root),
		REFUSE_CALL(SYS_chroot),
		REFUSE_CALL(SYS_setns),
		REFUSE_CALL(SYS_unshare),
		REFUSE_CALL(OPEN_TREE),
		REFUSE_CALL(MOVE_MOUNT),
		REFUSE_CALL(FSOPEN),
		REFUSE_CALL(FSCONFIG),
		REFUSE_CALL(FSMOUNT),
		REFUSE_CALL(FSPICK),
		REFUSE_CALL(MOUNT_SETATTR),
		REFUSE_CALL(PIDFD_GETFD),
		REFUSE_CALL(PIDFD_SEND_SIGNAL),
		REFUSE_CALL(SYS_tkill),
		OWN_PROCESS_ONLY(SYS_kill, pid),
		OWN_PROCESS_ONLY(SYS_tgkill, pid),
		OWN_PROCESS_ONLY(SYS_rt_sigqueueinfo, pid),
		OWN_PROCESS_ONLY(SYS_rt_tgsigqueueinfo, pid),
		IF_EQUAL(SYS_execve, 0, 4),
		LOAD(FIELD(args[0])), /* both machines are little-endian */
		IF_EQUAL((uint32_t)address, 0, 3),
		LOAD(FIELD(args[0]) + 4),
		IF_EQUAL((uint32_t)(address >> 32), 0, 1),
		ALLOW,
		REFUSE,
	};
	struct sock_fprog filter = { sizeof(steps) / sizeof(steps[0]), steps };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? -errno : 0;
}

/* What is not in the bounding set is gone with the next execve(). The verifier wants CAP_PERFMON
 * for a program that subtracts pointers, as "data_end - data" does.
 */
static int drop_capabilities(bool by_id)
{
	static const uint64_t kept = 1ULL << CAP_NET_ADMIN | 1ULL << CAP_SYS_RESOURCE |
				     1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_BPF |
				     1ULL << CAP_PERFMON;
	unsigned long capability;

	for (capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
		if (kept >> capability & 1 || (by_id && capability == CAP_SYS_ADMIN))
			continue;
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
			return -errno;
	}
	return 0;
}

/* If a mount is hidden by another, has gone, or is a user's own, nobody here can reach it. */
static bool is_out_of_reach(int error)
{
	return error == EINVAL || error == ENOENT || error == ENOTDIR || error == EACCES;
}

static int make_read_only(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	const struct mntent *entry;
	int err = 0;

	if (!mounts)
		return -errno;
	while (!err && (entry = getmntent(mounts))) {
		if (!strcmp(entry->mnt_type, "bpf"))
			continue;
		if (mount(NULL, entry->mnt_dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) &&
		    !is_out_of_reach(errno))
			err = -errno;
	}
	endmntent(mounts);
	return err;
}

/* In a mount namespace of its own, which ends with the program. */
static int close_mounts(void)
{
	char folder[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);

	if (length < 0)
		return -errno;
	folder[length] = 0;
	*strrchr(folder, '/') = 0;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", folder, "tmpfs", 0, NULL))
		return -errno;
	return make_read_only();
}

int main(int argc, char **argv)
{
	bool by_id = argc > 1 && !strcmp(argv[1], "--by-id");
	int err;

	argc -= by_id;
	argv += by_id;
	if (argc < 2) {
		fprintf(stderr, "Usage: confine [--by-id] PROGRAM [ARGUMENT]...\n");
		return 125;
	}
	err = close_mounts();
	if (!err)
		err = drop_capabilities(by_id);
	if (!err)
		err = refuse_calls(argv[1]);
	if (!err) {
		execv(argv[1], argv + 1);
		err = -errno;
	}
	fprintf(stderr, "confine: could not run %s: %s\n", argv[1], strerror(-err));
	return 125;
}
