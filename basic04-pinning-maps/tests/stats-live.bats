#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats --live on a real terminal, tmux's.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux

teardown() {
	tmux -S "$TMUX_SOCKET" kill-server 2>/dev/null || :
	jobs_end
}

in_tmux() { tmux -S "$TMUX_SOCKET" "$@"; }

# Starts it in a terminal; the shell around it says how it ended and whether the terminal still echoes.
live_start() { # COLUMNSxLINES OPTION...
	local size=$1
	shift
	cat >"$BATS_TEST_TMPDIR/run" <<-END
		$(printf '%q ' "$STATS" --live "$@")
		echo "ended with \$?, \$(stty -a | grep -o -- '-*echo ')"
		exec sleep 1000
	END
	LANG=C.UTF-8 in_tmux -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" "bash $BATS_TEST_TMPDIR/run"
	poll shows 'DEVICE|ended'
}

screen() { in_tmux capture-pane -p; }
shows() { screen >"$OUT" && grep -qE -- "$1" "$OUT"; }
shows_not() { ! shows "$1"; }
press() { in_tmux send-keys "$@"; }
pid() { pgrep -f "^$STATS --live"; }

dropping() {
	: >"$ERR"
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
}

@test "a row for each action that counts, with totals, rates and a sparkline; q ends it, and restores the terminal" {
	dropping
	live_start 100x12 -d va -i 0.1
	frames_send 1234
	poll shows '^va +XDP_DROP +1,234 '
	shows_not XDP_PASS
	traffic_start
	poll shows '^va +XDP_DROP +[0-9,]+ +[0-9,]+ +[0-9.]+ .*█'
	traffic_end
	press q
	poll shows 'ended with 0, echo'
}

@test "--action: rows of those actions only, and a device that has counted none of them stays in sight" {
	: >"$ERR"
	pair_make
	"$LOADER" -q -d va
	"$LOADER" -q -d vb
	frames_send 4
	"$LOADER" -q -d va -M --progname xdp_drop_func
	frames_send 3
	live_start 100x12 -d va -d vb -i 0.1 --action drop --action tx
	poll shows '^va +XDP_DROP +3 '
	shows '^vb +- '
	shows_not XDP_PASS
	press q
	poll shows 'ended with 0, echo'
}

@test "a banner says when another map is there, and why" {
	dropping
	live_start 100x12 --all -i 0.1
	"$LOADER" -q -d va --progname xdp_pass_func
	poll shows "$BPFFS/va/xdp_stats_map is another map now: id [0-9]*, generation 2"
	make_pair v2 v3
	"$LOADER" -q -d v2
	poll shows '^v2 '
	ip link delete v2
	"$LOADER" -q -d v2 --unpin
	poll shows "v2/xdp_stats_map is gone"
	poll shows_not '^v2 '
}

@test "space pauses and goes on, c shows the CPUs, + and - change the interval" {
	dropping
	live_start 80x24 -d va -i 0.2
	frames_send 100
	poll shows 'XDP_DROP +100 '
	press Space
	poll shows PAUSED
	frames_send 10
	sleep 0.6
	shows 'XDP_DROP +100 '
	press Space
	poll shows 'XDP_DROP +110 '
	press c
	poll shows '^ +CPU [0-9]+ +[0-9]+'
	press c
	poll shows_not CPU\ [0-9]
	press -- -
	poll shows 'every 0.4 s'
	press +
	press +
	poll shows 'every 0.1 s'
}

@test "a thousand devices are scrolled through" {
	local i count=$((TEST_SHARE > 1 ? 100 : 1000))
	: >"$ERR"
	for ((i = 1; i <= count; i++)); do
		own_folder "$BPFFS/d$i"
		echo "map create $BPFFS/d$i/xdp_stats_map type percpu_array key 4 value 16 entries 5 name xdp_stats_map"
	done >"$BATS_TEST_TMPDIR/maps"
	bpftool batch file "$BATS_TEST_TMPDIR/maps" >/dev/null
	live_start 80x24 --all -i 0.2
	poll shows "^$count lines"
	shows '^d1 '
	press Down
	poll shows_not '^d1 '
	shows '^d2 '
	press End
	poll shows "^d$count "
	press Up
	poll shows_not "^d$count "
	press PPage
	poll shows "^d$((count - 40)) "
	press Home
	poll shows '^d1 '
}

@test "it lives through sizes from 20x5 to 200x50, and smaller ones" {
	local size
	dropping
	live_start 80x24 -d va -i 0.1
	frames_send 77
	for size in 20x5 200x50 5x2 1x1 80x24; do
		in_tmux resize-window -x "${size%x*}" -y "${size#*x}"
		sleep 0.2
		pid
	done
	poll shows '^va +XDP_DROP +77 '
	in_tmux resize-window -x 20 -y 5
	poll shows '^va '
	press q
	in_tmux resize-window -x 80 -y 24
	poll shows 'ended with 0, echo'
}

@test "the terminal is restored when it is stopped, and when it crashes" {
	local signal
	dropping
	for signal in TERM INT SEGV ABRT HUP; do
		TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux-$signal # the last server may still be on its way out
		live_start 80x24 -d va -i 0.1
		kill -"$signal" "$(pid)"
		poll shows 'ended with [0-9]+, echo'
		shows_not DEVICE
		in_tmux kill-server
	done
}

@test "without a terminal, or with one that nobody knows, it says so" {
	dropping
	run -2 "$STATS" --live -d va
	[[ $output == *"--live needs a terminal"* ]]
	run -2 on_terminal "TERM=nosuch $STATS --live -d va"
	[[ $output == *"'nosuch' is not known here; set TERM"* ]]
}
