#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What runs the tests: testenv/private.sh and testenv/test-file.sh.
# shellcheck disable=SC2016,SC2154 # the inner shell expands; bats sets status and output
bats_require_minimum_version 1.5.0

load helpers

# A bats that is started by one finds that one's inner parts first.
PATH=${PATH//"$BATS_LIBEXEC:"/}
PRIVATE=$TOP/testenv/private.sh
TEST_FILE=$TOP/testenv/test-file.sh

# A test file with this body.
file_make() { # LINE...
	FILE=$BATS_TEST_TMPDIR/inner.bats
	printf '%s\n' '#!/usr/bin/env bats' "$@" >"$FILE"
	chmod +x "$FILE"
}

@test "a command that unmounts all it can reaches no BPF filesystem, tracefs or /run of the machine" {
	mkdir "$BATS_TEST_TMPDIR/an other" "$BPFFS/pinned" /run/machine
	mount -t bpf -o mode=0755 bpf "$BPFFS" # one on the other
	mount -t bpf -o mode=0755 bpf "$BATS_TEST_TMPDIR/an other"
	mount -t tracefs tracefs /sys/kernel/tracing
	mkdir "$BPFFS/pinned" "$BATS_TEST_TMPDIR/an other/pinned"
	run -0 "$PRIVATE" bash -c 'while umount /sys/fs/bpf || umount /sys/kernel/tracing || umount /run; do :; done
		find /sys/fs/bpf /sys/kernel/tracing /run "$1" -name "pinned" -o -name trace -o -name machine' \
		bash "$BATS_TEST_TMPDIR/an other"
	[[ $output != *pinned* && $output != *trace$'\n'* ]]
	[[ -d $BPFFS/pinned && -d "$BATS_TEST_TMPDIR/an other/pinned" && -e /sys/kernel/tracing/trace ]]
	run ! grep ' /run ' <("$PRIVATE" sh -c 'umount /run; cat /proc/self/mountinfo')
}

@test "a test file that hangs is ended and says where, and no process of it stays" {
	file_make '@test "ends" { :; }' '@test "hangs" { (trap "" TERM HUP INT; exec -a hanging sleep 777) & wait; }'
	TEST_FILE_LIMIT=10 run -137 "$TEST_FILE" "$FILE"
	[[ $output == *"ok 1 ends"*"inner.bats is ended: it has run for 10 s"*"test_hangs"*"hanging 777"* ]]
	run ! pgrep -f 'hanging 777'
}

@test "what a test file leaves running ends with it" {
	file_make '@test "leaves" { setsid sleep 778 </dev/null >/dev/null 2>&1 3>&- 4>&- & }'
	run -0 "$TEST_FILE" "$FILE"
	run ! pgrep -f 'sleep 778'
}

@test "language, time zone, terminal, dot files, umask and temporary folder of the user do not matter" {
	local noexec=$BATS_TEST_TMPDIR/noexec
	mkdir "$noexec"
	mount -t tmpfs -o noexec tmpfs "$noexec"
	file_make '@test "surroundings" {' \
		'[[ $LC_ALL/$TZ/$TERM == C.UTF-8/UTC/xterm && ! -v LANGUAGE && ! -v MAKEFLAGS && ! -v BASH_ENV ]]' \
		'[[ $(umask) == 0022 && -w $HOME && -z $(ls -A "$HOME"/.[!.]*) ]]' \
		'printf "#!/bin/sh\n" >"$BATS_TEST_TMPDIR/program" && chmod +x "$BATS_TEST_TMPDIR/program"' \
		'"$BATS_TEST_TMPDIR/program"' '}'
	(umask 077 && env -u HOME TMPDIR="$noexec" LC_ALL=de_DE.UTF-8 LANGUAGE=de TZ=Asia/Tokyo TERM=none \
		MAKEFLAGS=n "$TEST_FILE" "$FILE")
	[[ -z $(ls -A "$noexec") ]]
	(TMPDIR=/run "$TEST_FILE" "$FILE")
}

@test "in a chroot whose root is not a mount point, the demo and the tests say what to do" {
	local root=$BATS_TEST_TMPDIR/root folder script
	for folder in /etc /dev /proc /usr "$TOP"; do
		mkdir -p "$root$folder"
		mount --rbind "$folder" "$root$folder"
	done
	mkdir -p "$root/tmp" "$root/sys"
	for folder in /bin /lib /lib64 /sbin; do
		[[ ! -L $folder ]] || cp -d "$folder" "$root"
	done
	for script in testenv/demo.sh testenv/test.sh; do
		run -1 chroot "$root" /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$TOP/$script" </dev/null
		[[ $output == *"the root of this chroot is not a mount point"*"mount --bind DIR DIR"* ]]
	done
}
