#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a program may use in an assignment's check is limited: it can neither let others do its work, nor reach
# what judges it; and the check is the same in any environment.
# shellcheck disable=SC2154 # begin sets work
load assignments.bash

@test "a program that runs another one is refused by the kernel" {
	# Lists what bpftool lists, and says what execve() says.
	cheat 3 list.c <<'END'
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void)
{
	FILE *tool = popen("exec bpftool map show", "r");
	char line[200];
	if (!tool || !fgets(line, sizeof(line), tool))
		execl("/usr/sbin/bpftool", "bpftool", "map", "show", NULL);
	fprintf(stderr, "execve: %s\n", strerror(errno));
	return 3;
}
END
	judged_has '^    stderr:   execve: Operation not permitted$'
	run ! judged_has '^ok [1-8] '
}

@test "the project's tools cannot be run, be copied into the program, or be where it looks" {
	cheat 3 list.c <<END
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void)
{
	struct stat file;
	if (stat("$TOP/basic04-pinning-maps/xdp_loader", &file) || !S_ISREG(file.st_mode))
		fprintf(stderr, "there is no tool\n");
	execl("$TOP/basic04-pinning-maps/xdp_loader", "xdp_loader", "--list", NULL);
	return 3;
}
END
	judged_has '^    stderr:   there is no tool$'
	cheat 1 reader.c <<END
#include "$TOP/common/reader/stats_watch.c"
int main(void) { return 0; }
END
	judged_has 'stats_watch.c: No such file or directory'
	judged_has 'does not build: see above'
}

@test "a program that links what the assignment asks for does not build" {
	cheat 3 list.c <<'END'
#include "pin_list.h"
int main(void)
{
	struct pin_dir dir = { 0 };
	struct pin_list list = { 0 };
	return pin_list_read(&dir, PIN_LIVE, &list);
}
END
	judged_has 'undefined reference to .pin_list_read'
	cheat 1 reader.c <<'END'
int stats_set_rescan(void);
int main(void) { return stats_set_rescan(); }
END
	judged_has 'undefined reference to .stats_set_rescan'
}

@test "a program that was built before, or copied, is not what is judged" {
	begin 3 starter
	cp "$TOP/basic04-pinning-maps/xdp_loader" "$work/list"
	touch -d '+1 hour' "$work/list"
	judge 3
	[[ $(red_lines) == "1 2 3 4 "* ]]
	cmp "$TOP/basic04-pinning-maps/xdp_loader" "$work/list" # and it is left as it was
}

@test "a program cannot trace the check, write into it, signal it, or leave its own namespaces" {
	cheat 3 list.c <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
static void verdict(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND);
	if (fd >= 0)
		dprintf(fd, "all requirements hold; make solution-3 shows how\n");
	fprintf(stderr, fd < 0 ? "" : " %s", path);
}
static void try(const char *what, long result)
{
	fprintf(stderr, result < 0 ? "" : " %s", what);
}
int main(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)main, 1 };
	int child = fork();
	if (!child)
		for (;;)
			pause();
	fprintf(stderr, "reached:");
	verdict("/proc/1/fd/1");
	try("mem", open("/proc/1/mem", O_RDWR));
	try("root", open("/proc/1/root/etc", O_RDONLY));
	try("sysctl", open("/proc/sys/kernel/printk", O_WRONLY));
	try("file", open("/etc/passwd", O_WRONLY));
	try("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
	try("ptrace-child", ptrace(PTRACE_ATTACH, child, 0, 0));
	try("read", process_vm_readv(child, &here, 1, &there, 1, 0));
	try("write", process_vm_writev(child, &here, 1, &there, 1, 0));
	try("umount", umount2("/proc", MNT_DETACH));
	try("mount", mount("tmpfs", "/run", "tmpfs", 0, NULL));
	try("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	try("tree", syscall(428, AT_FDCWD, "/", 1));
	try("pivot", syscall(SYS_pivot_root, "/tmp", "/tmp"));
	try("chroot", chroot("/tmp"));
	try("setns", setns(open("/proc/self/ns/net", O_RDONLY), 0));
	try("unshare", unshare(CLONE_NEWNS));
	try("kill", kill(child, 0));
	try("kill-all", kill(0, 0));
	try("tgkill", syscall(SYS_tgkill, child, child, 0));
	fprintf(stderr, ".\nmyself: %d %d\n", kill(getpid(), 0), raise(SIGCHLD));
	return 3;
}
END
	judged_has '^    stderr:   reached:[.]$'
	judged_has '^    stderr:   myself: 0 0$'
	run ! judged_has '^all'
}

# What the tools would be replaced by: each reload keeps the map, and there is nothing to follow.
@test "a program finds none of the tools that the check runs, and cannot replace one" {
	begin 1 starter
	cat >>"$work/reader.c" <<'END'
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>
__attribute__((constructor)) static void replace(void)
{
	char real[4096];
	glob_t found;
	FILE *file;
	if (glob("/run/tmp.*/tools/xdp_loader", 0, NULL, &found))
		return;
	fprintf(stderr, "found\n");
	snprintf(real, sizeof(real), "%s.real", found.gl_pathv[0]);
	if (!access(real, F_OK) || rename(found.gl_pathv[0], real))
		return;
	file = fopen(found.gl_pathv[0], "w");
	fprintf(file, "#!/bin/sh\nexec %s \"$@\" --reuse-maps\n", real);
	fclose(file);
	chmod(found.gl_pathv[0], 0755);
}
END
	judge 1
	[[ $(red_lines) == "2 4 5 6 7 8"* ]]
	((CODE == 1))
	run ! judged_has found
}

@test "no variable of the user's changes a check: BASH_ENV, a function, LD_PRELOAD" {
	begin 2 starter
	cat >"$BATS_TEST_TMPDIR/env.sh" <<'END'
if [[ $0 == *check.bash || $0 == *assignment.sh ]]; then
require() { requirements=$((requirements + 1)) && printf 'ok %d - %s\n' "$requirements" "$1"; }
readonly -f require
fi
END
	BASH_ENV=$BATS_TEST_TMPDIR/env.sh judge 2
	((CODE == 1))
	judged_has '^not ok 5 '

	# shellcheck disable=SC2329,SC2317 # the check would call it
	awk() { echo 123; }
	export -f awk
	judge 2
	unset -f awk
	judged_has '^not ok 6 '

	cc -shared -fPIC -o "$BATS_TEST_TMPDIR/keep.so" -x c - <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
struct bpf_object;
struct bpf_map;
extern struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *object, const char *name) __attribute__((weak));
extern int bpf_map__set_pin_path(struct bpf_map *map, const char *path) __attribute__((weak));
static const char *pin = "/sys/fs/bpf/va/xdp_stats_map";
static int is_loader(void) { return !strcmp(program_invocation_short_name, "loader"); }
int bpf_object__load(struct bpf_object *object)
{
	int (*real)(struct bpf_object *) = dlsym(RTLD_NEXT, "bpf_object__load");
	if (is_loader())
		bpf_map__set_pin_path(bpf_object__find_map_by_name(object, "xdp_stats_map"), pin);
	return real(object);
}
int unlink(const char *path)
{
	int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
	return is_loader() && !strcmp(path, pin) ? 0 : real(path);
}
int bpf_obj_pin(int fd, const char *path)
{
	int (*real)(int, const char *) = dlsym(RTLD_NEXT, "bpf_obj_pin");
	return is_loader() && !access(path, F_OK) ? 0 : real(fd, path);
}
END
	LD_PRELOAD=$BATS_TEST_TMPDIR/keep.so judge 2
	((CODE == 1))
	judged_has '^not ok 5 '
}

@test "a program that does nothing, and fails, meets no requirement" {
	local numbers=({1..7}) n
	((${TEST_SHARE-1} == 1)) || numbers=($((RANDOM % 7 + 1)))
	for n in "${numbers[@]}"; do
		begin "$n" starter
		echo "int main(void) { return 3; }" | tee "$work"/{reader,loader,list,unpin,update,swap}.c >"$BATS_TEST_TMPDIR/main.c"
		for file in "$work"/*.c; do
			[[ $file == *.bpf.c || -e ${folder[0]}${file##*/} ]] || rm "$file"
		done
		judge "$n"
		((CODE == 1))
		run ! judged_has '^ok'
	done
}
