#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Names and texts from outside, with bytes that terminals act on or that are not UTF-8: what the three
# tools show of them to people, and to programs.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets output and stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" kill-server 2>/dev/null || :
	jobs_end
}

ODD=$'u\xff\e[31m' SHOWN='u\xff\x1b[31m'
MARK=$'\xef\xbf\xbd'

# Only printable ASCII and line ends.
assert_clean() { # TEXT
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/text"
	none env LC_ALL=C grep -anP '[^\n\x20-\x7e]' "$BATS_TEST_TMPDIR/text"
}

is_utf8() { iconv -f UTF-8 -t UTF-8 >/dev/null; }

# Of a command that says the name, on whichever output.
shows_escaped() { # COMMAND...
	run "$@"
	echo "$output" | cat -v
	assert_clean "$output"
	[[ $output == *"$SHOWN"* ]]
}

@test "a device whose name no terminal should see raw is loaded, listed, read and unloaded with it escaped" {
	make_pair "$ODD" peer
	shows_escaped "$LOADER" -d "$ODD"
	shows_escaped "$LOADER" -d "$ODD"
	shows_escaped "$LOADER" --list
	shows_escaped "$STATS" --all --once
	shows_escaped "$STATS" -d "$ODD" -d "$ODD" -i 0.01 -n 1
	ip link set "$ODD" xdp off
	shows_escaped "$STATS" -d "$ODD" --once # that nothing is attached
	shows_escaped "$LOADER" -d "$ODD" --unpin
	shows_escaped "$STATS" -d "$ODD" --once # that nothing is pinned
	shows_escaped "$LESSON/maps_ctl" -d "$ODD" -u 1 2
	shows_escaped "$LESSON/maps_ctl" -d "$ODD" --remove
}

@test "the same in what is given on the command line, and in folders, namespaces and pins" {
	local tool
	shows_escaped "$LOADER" -d "no$ODD"
	shows_escaped "$LOADER" -d lo --filename "/tmp/$ODD"
	shows_escaped "$LOADER" -d lo --progname "$ODD"
	shows_escaped "$STATS" --map "$BPFFS/$ODD" --once
	shows_escaped "$LESSON/maps_ctl" --map "$BPFFS/$ODD" --get
	for tool in "$LOADER" "$STATS" "$LESSON/maps_ctl"; do
		shows_escaped "$tool" "$ODD"
		shows_escaped "$tool" "--$ODD"
		shows_escaped "$tool" --netns "/$ODD" -d lo
		shows_escaped "$tool" -d lo --pin-base "/$ODD"
	done
	OWN_NETNS='netns cookie 2000000000000' own_folder "$BPFFS/netns-$ODD/$ODD" "$ODD" "$ODD"
	map_make "$BPFFS/netns-$ODD/$ODD/xdp_stats_map"
	own_folder "$BPFFS/gone"
	map_make "$BPFFS/gone/$ODD"
	shows_escaped "$LOADER" --list
	[[ $(grep -cF "$SHOWN" <<<"$output") == 2 && $output == *"$SHOWN/$SHOWN: no such network namespace"* ]]
	shows_escaped "$STATS" --all --once
	shows_escaped "$STATS" --map "$BPFFS/gone/$ODD" -n 1 -i 0.01
}

@test "a name with a line end makes no second message and no second line" {
	own_folder "$BPFFS/gone"
	map_make "$BPFFS/gone/"$'pin\nxdp_loader: all is well'
	run -0 "$LOADER" --list
	[[ $output == *'pin\x0axdp_loader: all is well'* ]]
	run --separate-stderr -2 "$STATS" -d $'a\nxdp_stats: b'
	((${#stderr_lines[@]} == 1))
}

@test "the verifier's log, which quotes an object's source lines, is shown escaped, line for line" {
	make_pair
	run "$LOADER" -d v0 --filename "$OBJECTS/loader_other_shape.o" --progname out_of_bounds
	local lines_before=${#lines[@]}
	LC_ALL=C sed 's/return \*(/\x1b[31m\xff *(/' "$OBJECTS/loader_other_shape.o" >"$BATS_TEST_TMPDIR/odd.o"
	run -40 "$LOADER" -d v0 --filename "$BATS_TEST_TMPDIR/odd.o" --progname out_of_bounds
	echo "$output" | cat -v
	[[ $output == *'\x1b[31m\xff'* ]]
	((${#lines[@]} == lines_before))
	assert_clean "$output"
	run -40 "$LOADER" -v -d v0 --filename "$BATS_TEST_TMPDIR/odd.o" --progname out_of_bounds
	[[ $output != *$'\e'* ]]
}

@test "programs are given U+FFFD: JSON, CSV and OpenMetrics stay UTF-8, and parse" {
	local format
	own_folder "$BPFFS/netns-$ODD/$ODD" "$ODD" "$ODD"
	map_make "$BPFFS/netns-$ODD/$ODD/xdp_stats_map"
	for format in json csv openmetrics; do
		"$STATS" --all --once --format "$format" >"$OUT"
		is_utf8 <"$OUT"
		grep -qF "u$MARK" "$OUT"
	done
	grep -F "device=\"u$MARK"$'\e[31m"' "$OUT"
	"$STATS" --all --once --json >"$OUT"
	/usr/bin/python3 -c 'import json, sys; one = json.loads(sys.stdin.buffer.read().decode())
assert one["device"] == one["netns"] == "u\ufffd\x1b[31m", one' <"$OUT"
	make_pair "$ODD" peer
	"$LESSON/maps_ctl" --json -d "$ODD" >"$OUT"
	is_utf8 <"$OUT"
	/usr/bin/python3 -c 'import json, sys; json.loads(sys.stdin.buffer.read().decode())' <"$OUT"
}

@test "the table of --live, and its banner, show them escaped too" {
	own_folder "$BPFFS/$ODD"
	map_make "$BPFFS/$ODD/xdp_stats_map"
	LANG=C.UTF-8 tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null new-session -d -x 100 -y 12 \
		"$STATS" --live --all -i 0.1
	screen_has() { tmux -S "$BATS_TEST_TMPDIR/tmux" capture-pane -p -e | grep -F "$1"; }
	poll screen_has "$SHOWN"
	rm "$BPFFS/$ODD/xdp_stats_map"
	poll screen_has "$BPFFS/$SHOWN/xdp_stats_map is gone"
}
