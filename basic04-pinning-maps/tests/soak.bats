#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats for as many rounds as an hour has, over reloads: no leak, no bad access, no descriptor more.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

ROUNDS=1800 # of 2 s, the default interval

setup() {
	pair_make
	make_pair v2 v3
	"$LOADER" -q -d va --progname xdp_drop_func
}
teardown() { jobs_end; }

descriptors() { find "/proc/$1/fd" -type l | wc -l; }

# Devices come, go and are loaded again until the watcher has had its rounds; then it holds as many
# descriptors as in the beginning.
disturb() { # PID TIMES
	local round
	for ((round = 0; round < $2; round++)); do
		"$LOADER" -q -d va --progname xdp_drop_func
		"$LOADER" -q -d v2
		"$LOADER" -q -d v2 --unload
	done
	sleep 0.5
	descriptors "$1"
}

@test "under valgrind, in each format: nothing is lost, nothing is read that was not written" {
	command -v valgrind >/dev/null || skip "valgrind is not installed"
	local format
	for format in text json csv openmetrics; do
		watch_run valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
			--errors-for-leak-kinds=definite,indirect,possible \
			"$STATS" --all -i 0.01 -n "$((ROUNDS / 4))" --per-cpu --format "$format"
		poll test -s "$OUT"
		disturb "$WATCH" 10 >"$BATS_TEST_TMPDIR/held"
		code=0
		wait "$WATCH" || code=$?
		sed '/unhandled eBPF command/d' "$ERR" # it does not know all of bpf()
		((code == 0 && $(<"$BATS_TEST_TMPDIR/held") > 3))
	done
}

@test "with the address sanitizer, watching and serving, over $ROUNDS rounds; and maps_ctl" {
	local tree=$BATS_TEST_TMPDIR/tree before
	"$TOP/packaging/copy-sources" "$tree"
	CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined' LDFLAGS='-fsanitize=address,undefined' \
		bash -c 'cd "$1" && ./configure && make -j2' run "$tree" >"$BATS_TEST_TMPDIR/log" 2>&1 ||
		{ tail -n 20 "$BATS_TEST_TMPDIR/log"; false; }
	STATS=$tree/basic04-pinning-maps/xdp_stats

	watch_run "$STATS" --all -i 0.003 -n "$ROUNDS" --json
	poll test -s "$OUT"
	before=$(disturb "$WATCH" 1) # v2 has come, and gone: its last map is still held
	(($(disturb "$WATCH" 10) == before))
	wait "$WATCH"
	none grep -E 'Sanitizer|runtime error' "$ERR"

	watch_run "$STATS" --all --listen 0
	poll err_has 'listening on'
	url=http://$(sed -n 's/.*listening on \([^ ]*\): .*/\1/p' "$ERR")
	settled() { # descriptors, when what was replaced is closed: at the next scrape that is late enough
		sleep 0.2
		curl -sS "$url/metrics?[1-2]" >/dev/null
		descriptors "$WATCH"
	}
	disturb "$WATCH" 1 >&2
	before=$(settled)
	curl -sS "$url/metrics?[1-$ROUNDS]" >/dev/null &
	disturb "$WATCH" 10 >&2
	wait $!
	(($(settled) == before))
	watch_end
	none grep -E 'Sanitizer|runtime error' "$ERR"

	local ctl=$tree/basic04-pinning-maps/maps_ctl options
	for options in "-d v2 -u 1 2" "-d v2 -S --trace on --json" "-d v2 --get" "-d v2 -u 1" "-d va" \
		"--map $BPFFS/v2/maps_control -u 3 4" "--map $BPFFS/va -g" "-d v2 --remove" "-d v2 --remove"; do
		# shellcheck disable=SC2086 # words
		"$ctl" $options >>"$OUT" 2>>"$ERR" || true
	done
	grep -q "wrote value1:3 value2:4" "$OUT"
	none grep -E 'Sanitizer|runtime error' "$ERR"
}
