#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What README.org shows is what happens.
load helpers
bats_require_minimum_version 1.5.0

# block HEADING N [KIND]: the N-th example or source block under a heading of README.org.
block() {
	awk -v heading="* $1" -v want="$2" '
		/^\* / { here = ($0 == heading) }
		/^#\+end_/ { inside = 0 }
		inside && count == want
		here && /^#\+begin_/ { inside = 1; count++ }' "$TOP/README.org"
}

# IDs, times, sizes and how the program is attached differ from run to run.
masked() {
	sed -E 's/[0-9]+([.,][0-9]+)*/N/g; s/ +/ /g; s/ $//; s/, (directly|through libxdp)$//; s/ id N ext / id N xdp /' "$@"
}

@test "the transcript's commands run, one after the other, and say what it shows" {
	cd "$TOP"
	block "A transcript" 1 >"$BATS_TEST_TMPDIR/shown"
	sed -n 's/^# //p' "$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/commands"
	(($(wc -l <"$BATS_TEST_TMPDIR/commands") > 6))
	while read -r command; do
		echo "# $command"
		bash -c "$command" </dev/null
	done <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/happened"
	diff <(masked "$BATS_TEST_TMPDIR/shown") <(masked "$BATS_TEST_TMPDIR/happened")
}

@test "the program of one's own compiles, loads, counts and is read" {
	make_pair eth0 v1
	cp -r "$TOP/headers" "$BATS_TEST_TMPDIR"
	mkdir "$BATS_TEST_TMPDIR/basic04-pinning-maps"
	ln -s "$LOADER" "$STATS" "$BATS_TEST_TMPDIR/basic04-pinning-maps"
	cd "$BATS_TEST_TMPDIR"
	block "The counters of your own program" 1 >my_program.c
	block "The counters of your own program" 2 | sed 's/xdp_stats -d eth0$/& --once/' >commands
	(($(wc -l <commands) == 3))
	run -0 bash -e commands
	[[ $output == *"attached my_program"*XDP_PASS* ]]
}

@test "each file and folder that the pages name is there" {
	cd "$TOP"
	for path in $(grep -ohE '=(\.?[a-z0-9_-]+/)+[A-Za-z0-9_.-]*=' README.org | tr -d =); do
		[[ $path == sys/* || $path == xdp/* || $path == /sys* || -e $path ]] || { echo "no $path" && false; }
	done
}
