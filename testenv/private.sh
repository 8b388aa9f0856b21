#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs a command in network and mount namespaces of its own: with a new /sys that has an empty BPF
# filesystem, and an empty /run. What the machine had mounted there is unmounted first, in the new
# namespace alone. So the command cannot reach the machine's pins, whatever it unmounts.
#
#   private.sh COMMAND...      as root
#   private.sh --possible      whether that can be done here; says what to do if not
set -euo pipefail

fail() { printf 'private.sh: %s\n' "$*" >&2 && exit 1; }

# Unmounts everything at a path and below it. Lazily: somebody may still have a file open there.
unmount_all() { # PATH
	while mountpoint -q "$1"; do
		umount --lazy --recursive "$1"
	done
}

# Elsewhere than below /sys there may be further BPF filesystems.
unmount_bpf() {
	local target
	while read -r target; do
		umount --lazy -- "$(printf '%b' "$target")" # spaces are written \x20
	done < <(findmnt --raw --noheadings --output TARGET --types bpf | tac)
}

prepare() {
	unmount_bpf
	unmount_all /sys
	unmount_all /run
	mount -t sysfs sysfs /sys
	mount -t bpf -o mode=0755 bpf /sys/fs/bpf
	mount -t tmpfs -o mode=0755 tmpfs /run
	mkdir /run/netns
	ip link set lo up
	# Nothing may be left beneath, not even for a command that unmounts what is above.
	[[ $(findmnt --raw --noheadings --output TARGET --types bpf) == /sys/fs/bpf ]] ||
		fail "cannot unmount the machine's BPF filesystem"
}

# unshare makes the new namespace's mounts private, beginning at the root.
possible() {
	local reason
	! reason=$(unshare --mount --net --propagation private true 2>&1) || return 0
	[[ $reason != *propagation* ]] || reason+=": the root of this chroot is not a mount point; leave it, \
run 'mount --bind DIR DIR' for its folder DIR, and enter it again"
	fail "cannot make namespaces: $reason"
}

case ${1-} in
--possible) possible ;;
--inside)
	shift
	prepare
	exec "$@"
	;;
*) exec unshare --mount --net --propagation private -- "$0" --inside "$@" ;;
esac
