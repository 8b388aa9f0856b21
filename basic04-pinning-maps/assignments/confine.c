// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* confine PROGRAM [ARGUMENT]...: runs a program that cannot run any other program: the kernel
 * refuses execve() with EPERM, in the program and in all that it forks.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
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

#define FIELD(field_) offsetof(struct seccomp_data, field_)
#define LOAD(offset_) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_)
#define IF_EQUAL(value_, yes_, no_) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value_, yes_, no_)
#define IF_ABOVE(value_, yes_, no_) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, value_, yes_, no_)
#define RETURN(action_) BPF_STMT(BPF_RET | BPF_K, action_)

/* Only the execve() of this very string is let through. The program that it starts is in a new
 * address space, and the string's old address is a random one.
 */
static int refuse_execve(const char *path)
{
	uint64_t address = (uintptr_t)path;
	struct sock_filter steps[] = {
		LOAD(FIELD(arch)),
		IF_EQUAL(NATIVE, 0, 9),
		LOAD(FIELD(nr)),
		IF_ABOVE(LAST_NUMBER, 7, 0),
		IF_EQUAL(SYS_execveat, 6, 0),
		IF_EQUAL(SYS_execve, 0, 4),
		LOAD(FIELD(args[0])), /* both machines are little-endian */
		IF_EQUAL((uint32_t)address, 0, 3),
		LOAD(FIELD(args[0]) + 4),
		IF_EQUAL((uint32_t)(address >> 32), 0, 1),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog filter = { sizeof(steps) / sizeof(steps[0]), steps };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? -errno : 0;
}

int main(int argc, char **argv)
{
	int err;

	if (argc < 2) {
		fprintf(stderr, "Usage: confine PROGRAM [ARGUMENT]...\n");
		return 125;
	}
	err = refuse_execve(argv[1]);
	if (!err) {
		execv(argv[1], argv + 1);
		err = -errno;
	}
	fprintf(stderr, "confine: could not run %s: %s\n", argv[1], strerror(-err));
	return 125;
}
