# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the tests of testenv.sh share; `load testenv` after helpers.
# shellcheck shell=bash disable=SC2034,SC2016 # for the tests; a script is printed

TESTENV=$TOP/testenv/testenv.sh
STATE_DIR=/run/xdp-testenv

# What a test began with, to compare with what it ends with.
trace() {
	ip -o link show | sed 's/^[0-9]*: //; s/ state .*//'
	find /run -mindepth 1 | sort
	pins
}

setup() {
	trace >"$BATS_TEST_TMPDIR/trace"
}

assert_no_trace() {
	diff -u "$BATS_TEST_TMPDIR/trace" <(trace)
}

# The script and its parts, in another folder.
copy_to() { # FOLDER
	mkdir -p "$1"
	cp -r "$TESTENV" "${TESTENV%/*}/environment" "$1/"
}

# A copy of the script without built tools beside it; sets UNBUILT.
unbuilt() {
	copy_to "$BATS_TEST_TMPDIR/elsewhere/testenv"
	UNBUILT=$BATS_TEST_TMPDIR/elsewhere/testenv/testenv.sh
}

# Beside such a copy: tools that say how they were called.
tools_that_tell() {
	local tool
	unbuilt
	mkdir -p "$BATS_TEST_TMPDIR/elsewhere/basic04-pinning-maps"
	for tool in xdp_loader xdp_stats; do
		printf '#!/bin/sh\nprintf "%%s:" "${0##*/}"; printf " <%%s>" "$@"; echo; exit 7\n' \
			>"$BATS_TEST_TMPDIR/elsewhere/basic04-pinning-maps/$tool"
		chmod +x "$BATS_TEST_TMPDIR/elsewhere/basic04-pinning-maps/$tool"
	done
}

# A pinned map takes the place of what a loader pins.
pin_map() {
	mkdir -p "${1%/*}"
	bpftool map create "$1" type array key 4 value 4 entries 1 name a_map
}

# Whether the kernel makes VLAN devices.
has_vlans() {
	ip link add name probe type veth peer name eborp
	if ip link add link probe name probe.1 type vlan id 1; then
		ip link delete dev probe
	else
		ip link delete dev probe
		return 1
	fi
}
