#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a command costs as the machine grows: system calls and netlink bytes, never time.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0

load helpers

# Pairs d1 p1, d2 p2, ...; each second link has a program of ours.
pairs_make() { # FIRST LAST
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "link add d$i type veth peer name p$i"
	done | ip -batch -
	for ((i = $1; i <= $2; i++)); do
		"$LOADER" -q -d "d$i" --direct --skb-mode
	done
}

# What a command asks the kernel for: "CALLS NETLINK-BYTES", both ways. Memory, the clock and signals are left out:
# the C library decides how often it asks for those.
cost() { # COMMAND...
	strace -o "$BATS_TEST_TMPDIR/calls" -e 'trace=!brk,mmap,munmap,mremap,clock_gettime,gettimeofday,rt_sigreturn' \
		-e signal=none "$@" >/dev/null
	awk '/^(sendto|recvmsg|recvfrom)\(.*= [0-9]+$/ { bytes += $NF } /^[a-z]/ { calls++ }
		END { print calls, bytes + 0 }' "$BATS_TEST_TMPDIR/calls"
}

costs() { # prints a line for each command
	echo "--list $(cost "$LOADER" --list)"
	echo "--once $(cost "$STATS" --all --once)"
	echo "reload $(cost "$LOADER" -q -d d2 --direct --skb-mode --reuse-maps)"
	echo "unload $(cost "$LOADER" -q -d d2 --unload)"
	"$LOADER" -q -d d2 --direct --skb-mode
	echo "maps_ctl $(cost "$LESSON/maps_ctl" -q -d p1 -u 1 2)"
}

@test "with ten times the links --list and --all cost at most ten times as much, and a reload what it did" {
	pairs_make 1 25
	"$LESSON/maps_ctl" -q -d p1
	costs >"$BATS_TEST_TMPDIR/50"
	pairs_make 26 250
	costs >"$BATS_TEST_TMPDIR/500"
	paste -d ' ' "$BATS_TEST_TMPDIR"/{50,500} | while read -r what calls bytes _ more_calls more_bytes; do
		echo "# $what: $calls calls, $bytes netlink bytes with 50 links; $more_calls, $more_bytes with 500" >&3
		if [[ $what == maps_ctl && $(attached) == *" xdp_dispatcher"* ]]; then
			echo "# $what: not judged; libxdp, whose dispatcher it goes through here, asks for all links" >&3
		elif [[ $what == --* ]]; then
			((more_calls <= 10 * calls && more_bytes <= 10 * bytes + 1000 && more_calls > 5 * calls))
		else
			((more_calls == calls && more_bytes < bytes + 1000))
		fi
	done
}
