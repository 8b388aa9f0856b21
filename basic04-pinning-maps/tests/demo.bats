#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# testenv/demo.sh, in a tree that is built: it shows what it promises and leaves nothing.
# shellcheck disable=SC2016,SC2154 # no expansions; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers

DEMO=$TOP/testenv/demo.sh

trace() {
	ip -o link show | sed 's/^[0-9]*: //; s/ state .*//'
	find /run -mindepth 1 | sort
	pins
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	trace >"$BATS_TEST_TMPDIR/trace"
}

assert_no_trace() {
	diff -u "$BATS_TEST_TMPDIR/trace" <(trace)
	[ -z "$(ls -A "$TMPDIR")" ]
}

# section TITLE: the demo's output under that title.
section() {
	awk -v title="$1" '/^== /{ on = index($0, title) } on' <<<"$output"
}

@test "the demo counts what it sends, exactly, shows the switch, and leaves nothing" {
	cd /
	run -0 "$DEMO" </dev/null
	assert_no_trace

	# As many as were sent, once for each program.
	[ "$(grep -c '^sent 10000, counted 10000$' <<<"$output")" = 2 ]
	[[ $(section "As many counted as sent") == *"XDP_PASS after"* ]]
	[[ $(section "As many dropped as sent") == *"XDP_DROP after"* ]]

	# Both pings were answered.
	[ "$(grep -c '3 packets transmitted, 3 received' <<<"$output")" = 2 ]

	# Three rounds, each with what came in.
	[ "$(section "Three rounds" | grep -c '^XDP_PASS *[1-9]')" = 3 ]

	# One program first, then the other, from one xdp_stats.
	local lines wide
	lines=$(section "Another program")
	[[ $lines =~ XDP_PASS\ +[1-9].*xdp_loader\ .*xdp_drop_func.*XDP_DROP\ +[1-9] ]]
	[ "$(grep -c 'xdp_stats -d' <<<"$lines")" = 1 ]
	[ "$(grep -c '^XDP_.*( *-' <<<"$lines")" = 0 ]

	# Readable in 80 columns, with the commands to be copied
	# (except the path of this test's temporary folder, and messages, which a terminal folds).
	lines=$(sed -n "s|$TMPDIR|/tmp|g; /^== An environment/,\$p" <<<"$output")
	wide=$(grep -v '^xdp_stats: ' <<<"$lines" | grep -E '^.{81}') || true
	echo "$wide"
	[ -z "$wide" ]
	[[ $output == *'$ basic04-pinning-maps/xdp_loader -d demo'*' --progname xdp_pass_func'* ]]
	[[ $output == *"--unload-all"*"teardown"* ]]
}

@test "the demo tears down when it is interrupted, and ends with the signal's code" {
	local delay pid code
	for delay in 0.5 2 4; do
		env --default-signal=INT setsid "$DEMO" </dev/null &>"$BATS_TEST_TMPDIR/out" &
		pid=$!
		until grep -q '^== An environment' "$BATS_TEST_TMPDIR/out"; do
			kill -0 "$pid"
			sleep 0.01
		done
		sleep "$delay" # not for a state: anywhere is right
		kill -INT -- "-$pid"
		code=0
		wait "$pid" || code=$?
		[ "$code" = 130 ]
		assert_no_trace
	done
}

@test "the demo needs root and says so" {
	install -D "$DEMO" /run/everybody/testenv/demo.sh # where everybody may read it
	run --separate-stderr -1 setpriv --reuid 65534 --clear-groups /run/everybody/testenv/demo.sh
	[[ $stderr == *"needs root"* ]]
}
