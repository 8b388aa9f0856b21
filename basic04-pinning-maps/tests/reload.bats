#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reloads of a directly attached program under traffic: no frame is lost, none is counted twice.
# With TEST_SHARE=n in the environment an n-th of the reloads is made (on slow machines).
# shellcheck disable=SC2154 # bats sets output
bats_require_minimum_version 1.5.0
load helpers
load traffic

RELOADS=$((1000 / ${TEST_SHARE-1}))

setup() { pair_make; }
teardown() { jobs_end; }

reload_often() { # OPTION...
	local round program
	for ((round = 1; round <= RELOADS; round++)); do
		((round % 2)) && program=xdp_pass_func || program=xdp_drop_func
		"$LOADER" -q -d va --direct --progname "$program" "$@"
	done
}

@test "direct reloads with --reuse-maps under traffic" {
	"$LOADER" -q -d va --direct --progname xdp_drop_func
	assert_exact_in_one_map
}

@test "direct reloads, a new map each time, under traffic that xdp_stats watches" {
	"$LOADER" -q -d va --direct --progname xdp_drop_func
	assert_exact_when_watched
}

@test "a reload asks the kernel to attach once, and not at all for the rest" {
	"$LOADER" -q -d va --direct
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto "$LOADER" -q -d va --direct
	[[ $(grep -c RTM_SETLINK "$BATS_TEST_TMPDIR/calls") == 1 ]]
	# strace does not know the family of a socket that is not bound: 0x12 is RTM_GETLINK.
	[[ $(grep -cE 'RTM_GETLINK|nlmsg_type=0x12 ' "$BATS_TEST_TMPDIR/calls") == 2 ]]
}

@test "native to skb mode and back is one command each, never both, and is read back" {
	"$LOADER" -q -d va --direct
	run -0 "$LOADER" -d va --direct --skb-mode --reuse-maps
	[[ $output == *"in skb mode"*"1 reused"* && $(attached_mode va) == xdpgeneric ]]
	run -0 "$LOADER" -d va --direct --native-mode --reuse-maps
	[[ $output == *"in native mode"*"1 reused"* && $(attached_mode va) == xdp ]]
}
