#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# testenv.sh watch: traffic, the loader and live statistics side by side, in a real terminal (an outer
# tmux's), and in sequence where there is none.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets output and stderr
bats_require_minimum_version 1.5.0

load helpers

TESTENV=$TOP/testenv/testenv.sh
OUTER=$BATS_TEST_TMPDIR/outer

# Without the carrier: that of a pair which was just made comes a moment later.
trace() {
	ip -o link show | sed 's/^[0-9]*: //; s/ state .*//; s/NO-CARRIER,//; s/,LOWER_UP//'
	find /run -mindepth 1 | sort
	pins
}

setup() {
	unset CI # there it would not open panes
	export LANG=C.UTF-8 HOME=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	echo "run-shell 'touch $BATS_TEST_TMPDIR/configured'" >"$HOME/.tmux.conf"
	trace >"$BATS_TEST_TMPDIR/trace"
}

teardown() { outer kill-server 2>/dev/null || :; }

# As patient as the slowest machine needs.
poll() { # COMMAND...
	local end=$((SECONDS + 90))
	until "$@"; do
		((SECONDS < end)) || { echo "never: $*" && screen && return 1; }
		sleep 0.05
	done
}

# ---------------------------------------------------------------- the terminal around it

outer() { tmux -S "$OUTER" -f /dev/null "$@"; }

# Runs it in a terminal; the shell around it says how it ended.
watch_start() { # COLUMNSxLINES COMMAND...
	local size=$1
	shift
	cat >"$BATS_TEST_TMPDIR/run" <<-END
		$(printf '%q ' "$@") <&0 &
		echo \$! >"$HOME/pid"
		wait \$!
		echo "ended with \$?, \$(stty -a | grep -o -- '-*echo ')"
		exec sleep 1000
	END
	outer new-session -d -x "${size%x*}" -y "${size#*x}" "bash $BATS_TEST_TMPDIR/run"
}

screen() { outer capture-pane -p; }
shows() { screen | grep -qE -- "$1"; }
shows_all() { # PATTERN...
	local text pattern
	text=$(screen)
	for pattern; do grep -qE -- "$pattern" <<<"$text" || return; done
}
press() { outer send-keys "$@"; }

# What of it still runs, in this test's mount namespace.
running() {
	local process
	for process in /proc/[0-9]*; do
		[[ $process/ns/mnt -ef /proc/self/ns/mnt ]] || continue
		grep -xE 'watch.sh|ping|xdp_stats|xdp_loader|tmux: server' "$process/comm" 2>/dev/null || :
	done
}
none_runs() { [[ -z $(running) ]]; }
only_outer_runs() { [[ $(running) == 'tmux: server' ]]; }

nothing_left() { [[ -z $(ls -A "$TMPDIR") ]] && diff -u "$BATS_TEST_TMPDIR/trace" <(trace); }

ended_well() {
	poll shows "$1"
	poll only_outer_runs
	poll nothing_left
}

ANSWERS='^64 bytes from .* icmp_seq=' NO_ANSWER='^no answer yet for icmp_seq='

# ---------------------------------------------------------------- side by side

@test "in 80x24 three panes show what each step does; q ends all three and leaves nothing" {
	watch_start 80x24 "$TESTENV" watch
	poll shows_all 'traffic: testenv/testenv.sh .*ping' 'loader, in basic04' 'live statistics' \
		"$ANSWERS" 'Enter: 1 load xdp_pass_func' 'waiting for .*/xdp_stats_map' 'q or Ctrl-C: end all'
	press Enter
	poll shows_all '^\$ ./xdp_loader -d testenv --progname xdp_pass_func$' 'attached xdp_pass_func' \
		'^testenv +XDP_PASS +[1-9][0-9]* ' '^Look: pings are answered' 'Enter: 2 reload' "$ANSWERS"
	press Enter
	poll shows_all 'attached xdp_drop_func' 'maps: 1 new' "$NO_ANSWER" '^testenv +XDP_DROP +[1-9]' \
		'another map now: .* generation 2' 'Enter: 3 reload'
	press Enter
	poll shows_all 'maps: 0 new .* 1 reused' "$ANSWERS" '^testenv +XDP_DROP +[1-9]' \
		'^testenv +XDP_PASS +[1-9]' 'Enter: 4 unload'
	press Enter
	poll shows_all 'unloaded xdp_pass_func' "$ANSWERS" 'Enter: 5 load again'
	press Enter
	poll shows_all 'another map now: .* generation 3' '^testenv +XDP_PASS +[1-9]' 'Enter: 6 list'
	press Enter
	poll shows_all 'attached in native mode' 'map +xdp_stats_map' '^Look: the map has the id' 'Enter: 1 load'
	[[ $(outer list-panes -a | wc -l) == 1 && ! -e $BATS_TEST_TMPDIR/configured ]]
	press q
	ended_well 'ended with 0, echo'
}

@test "in 200x50 too; a digit is a step, Tab goes to another pane; Ctrl-C ends" {
	watch_start 200x50 "$TESTENV" watch --name other
	poll shows_all 'loader, in basic04.*traffic: testenv' 'Enter: 1 load'
	press 2
	poll shows_all 'other +XDP_DROP +[1-9]' 'Enter: 3 reload' 'no answer yet'
	press Tab
	press Tab
	poll press_shows c 'CPU [0-9]+ +[0-9]+'
	press C-c
	ended_well 'ended with 0, echo'
}
press_shows() { press "$1" && sleep 1 && shows "$2"; }

@test "detaching, a signal, and a terminal that goes away end all of it" {
	local end
	for end in detach TERM close; do
		OUTER=$BATS_TEST_TMPDIR/outer-$end # the last server may still be on its way out
		watch_start 80x24 "$TESTENV" watch
		poll shows 'Enter: 1 load'
		press Enter
		poll shows '^testenv +XDP_PASS +[1-9]'
		case $end in
		detach) press C-b d && ended_well 'ended with 0, echo' ;;
		TERM) kill -TERM "$(<"$HOME/pid")" && ended_well 'ended with 143, echo' ;;
		close) kill -KILL "$(outer display-message -p '#{pid}')" ;;
		esac
		outer kill-server 2>/dev/null || :
		poll none_runs
		poll nothing_left
	done
}

@test "interrupted at any time before the panes, it leaves nothing" {
	local delay
	for delay in 0 0.1 0.2 0.3 0.5; do
		OUTER=$BATS_TEST_TMPDIR/outer-$delay
		rm -f "$HOME/pid"
		watch_start 80x24 "$TESTENV" watch
		poll test -s "$HOME/pid"
		sleep "$delay" # not for a state: anywhere is right
		kill -TERM "$(<"$HOME/pid")"
		poll shows 'ended with 143'
		poll only_outer_runs
		poll nothing_left
		outer kill-server
		poll none_runs
	done
}

@test "an environment that was there stays, without a program if it had none" {
	"$TESTENV" setup
	watch_start 80x24 "$TESTENV" watch
	poll shows 'Enter: 1 load'
	press Enter
	poll shows 'Enter: 2 reload'
	press q
	poll shows 'ended with 0'
	[[ $(attached_id testenv) == none && ! -e $BPFFS/testenv ]]
	"$TESTENV" ping -c 1
	outer kill-server
	poll none_runs

	"$TESTENV" load --progname xdp_drop_func
	OUTER=$BATS_TEST_TMPDIR/outer-again
	watch_start 80x24 "$TESTENV" watch
	poll shows '^testenv +XDP_DROP +[1-9]'
	press q
	poll shows 'ended with 0'
	[[ $(attached_id testenv) != none && -e $BPFFS/testenv/xdp_stats_map ]]
}

@test "where xdp_stats cannot show a table it shows text" {
	mkdir -p "$HOME/copy/basic04-pinning-maps"
	cp -r "$TOP/testenv" "$HOME/copy"
	ln -s "$LOADER" "$HOME/copy/basic04-pinning-maps"
	# shellcheck disable=SC2016 # for that script
	printf '%s\n' '#!/bin/sh' 'case "$*" in *--live*) echo "no ncurses" && exit 1 ;; esac' \
		"exec $STATS \"\$@\"" >"$HOME/copy/basic04-pinning-maps/xdp_stats"
	chmod +x "$HOME/copy/basic04-pinning-maps/xdp_stats"
	watch_start 80x24 "$HOME/copy/testenv/testenv.sh" watch
	poll shows_all 'Enter: 1 load' 'waiting for'
	press Enter
	poll shows '^XDP_PASS +[1-9][0-9]* .* pps .*bit/s$'
	press q
	ended_well 'ended with 0, echo'
}

@test "the demo, on a terminal, builds, sets up and opens the panes" {
	watch_start 80x24 "$TOP/testenv/demo.sh"
	poll shows 'Enter: 1 load'
	press Enter
	poll shows '^demo[0-9]+ +XDP_PASS +[1-9]'
	press q
	ended_well 'ended with 0, echo'
	shows 'demo.sh --plain'
}

@test "the demo's panes end with the demo" {
	watch_start 80x24 "$TOP/testenv/demo.sh"
	poll shows 'Enter: 1 load'
	kill -TERM "$(<"$HOME/pid")"
	ended_well 'ended with 143, echo'
}

# ---------------------------------------------------------------- in sequence

# What all steps must have shown.
assert_story() {
	local n title
	for n in 1 2 3 4 5 6; do
		[[ $output == *"== loader, in basic04-pinning-maps: $n "* ]]
	done
	for title in 'traffic: testenv/testenv.sh' 'live statistics, by'; do
		[ "$(grep -c "^== $title" <<<"$output")" = 6 ]
	done
	[[ $output == *"attached xdp_pass_func"*"64 bytes from"*"XDP_PASS "*[1-9]" B "*" pps"* ]]
	[[ $output == *"attached xdp_drop_func"*"no answer yet"*"generation 2"*"attached xdp_pass_func"* ]]
	[[ $output == *"--reuse-maps"*"64 bytes from"*"unloaded xdp_pass_func"*"is gone"*"generation 3"* ]]
	[[ $output == *"  map      xdp_stats_map"* ]]
	none_runs
	nothing_left
}

@test "without a terminal the same story is told in sequence, and ends" {
	run -0 "$TESTENV" watch </dev/null
	assert_story
	[[ $output != *$'\e'* ]]
	none_wide=$(grep -vE '^  (map|program) ' <<<"$output" | grep -E '^.{81}' || :)
	[[ -z $none_wide ]]
}

@test "in sequence on a terminal: with --plain, without tmux, and in CI, there without a BPF filesystem" {
	local variant
	mkdir "$HOME/bin"
	# shellcheck disable=SC2046 # paths without spaces
	ln -s $(type -P bash env sed grep ip ping pgrep pkill stty tput tail head wc fold cat mktemp touch rm mkdir rmdir mv \
		readlink stat flock nsenter tr sleep unshare mount) "$HOME/bin"
	for variant in "$TESTENV watch --plain" "env PATH=$HOME/bin $TESTENV watch" "env CI=true $TESTENV watch"; do
		[[ $variant != *CI=* ]] || { umount "$BPFFS" && trace >"$BATS_TEST_TMPDIR/trace"; }
		# shellcheck disable=SC2086 # words
		run -0 on_terminal "$variant" </dev/null
		output=${output//$'\r'/}
		assert_story
	done
	run ! mountpoint -q "$BPFFS" # as it was
}

@test "a reader of the sequence that goes away ends it, and nothing is left" {
	local lines
	for lines in 1 1 1 1 1 5 30; do # at once: while the jobs still start, each time elsewhere
		"$TESTENV" watch </dev/null 2>/dev/null | head -n "$lines" >/dev/null || :
		poll none_runs
		poll nothing_left
	done
}

@test "watch without the tools, or with a name that is taken, says so and changes nothing" {
	mkdir "$HOME/copy"
	cp -r "$TOP/testenv" "$HOME/copy"
	run --separate-stderr -1 "$HOME/copy/testenv/testenv.sh" watch </dev/null
	[[ $stderr == *"xdp_loader: it is not built"* ]]
	nothing_left
	make_pair testenv peer
	trace >"$BATS_TEST_TMPDIR/trace"
	run --separate-stderr -1 "$TESTENV" watch </dev/null
	[[ $stderr == *"'testenv'"*link*"not ours"* ]]
	nothing_left
}
