#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# coming-from.org: each command in its tables works, ours and the other tools'.
bats_require_minimum_version 1.5.0

load helpers
load testenv
export BATS_TEST_DIRNAME

PAGE=$LESSON/coming-from.org

# "THERE|HERE" for each row of the table in a section. What is no command is left out.
rows() { # SECTION
	awk -F ' *[|] *' -v heading="* $1" '
		function command(cell) { return cell ~ /^=.*=$/ ? substr(cell, 2, length(cell) - 2) : "" }
		/^\* / { within = ($0 == heading) }
		within && /^\|.*=/ { print command($2) "|" command($3) }' "$PAGE"
}

# A folder to type the commands in: the device testenv, my.o, and the tools by their names.
place_make() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$LESSON:$PATH
	cp "$LESSON/xdp_prog_kern.o" my.o
	ln -sfn "$TOP/testenv" testenv
	ln -sf "$LOADER" xdp_loader
	ln -sf "$STATS" xdp_stats
}

# What must be there before a command of ours, or of another tool: what its users have done before.
# A command that loads finds nothing.
before_ours() { # COMMAND
	case $1 in
	*maps_ctl*) maps_ctl -q -d testenv ;;
	*--filename*) ;;
	*) xdp_loader -q -d testenv --filename my.o ;;
	esac
}

before_theirs() { # COMMAND
	local bpftool_load="bpftool prog loadall my.o $BPFFS/progs type xdp pinmaps $BPFFS/maps"
	case $1 in
	*maps_control*) maps_ctl -q -d testenv ;;
	"xdp-loader load "* | "bpftool prog loadall "* | "ip link set "*" object "* | "ip netns exec "*) ;;
	xdp-loader*) xdp-loader load testenv my.o ;;
	"bpftool net attach "*) $bpftool_load ;;
	bpftool* | rm*) $bpftool_load && bpftool net attach xdp pinned "$BPFFS/progs/xdp_pass_func" dev testenv ;;
	ip*) ip link set dev testenv xdp object my.o section xdp ;;
	esac
}

# Whether a program is attached that the command should have left, or none if it should have taken it off.
is_done() { # COMMAND
	case $1 in
	*--unload* | *" unload "* | *detach* | *" off") [[ $(attached_id testenv) == none ]] ;;
	*left*) [[ $(attached_id veth0 left) != none ]] ;;
	"bpftool prog loadall "*) [[ -e $BPFFS/maps/xdp_stats_map ]] ;;
	*) [[ $(attached_id testenv) != none ]] ;;
	esac
}

# Runs in namespaces of its own, for each row is a beginning.
row_run() { # ours|theirs COMMAND WHAT-IT-IS-TO-DO, as a command of either
	local command
	set -euo pipefail
	place_make
	ip netns add left
	ip link add testenv type veth peer name veth0 netns left
	ip link set testenv up
	ip -n left link set veth0 up
	"before_$1" "$2"
	command=${2/ ID/ $(attached_id testenv)}
	eval "$command"
	is_done "$3"
}
export -f place_make before_ours before_theirs is_done row_run

# Ours is to do in each row what theirs does.
rows_run() { # ours|theirs SECTION HOW-MANY-COMMANDS
	local theirs ours command count=0 failed=0
	while IFS='|' read -r theirs ours; do
		command=${!1}
		[[ $command ]] || continue
		count=$((count + 1))
		[[ $command != "xdp-loader features "* || $(xdp-loader help 2>&1) == *features* ]] || continue # before 1.4
		# shellcheck disable=SC2016 # the inner shell expands it
		"$TOP/testenv/private.sh" bash -c '. "$BATS_TEST_DIRNAME/helpers.bash"; row_run "$@"' - \
			"$1" "$command" "${theirs:-$ours}" </dev/null >"$BATS_TEST_TMPDIR/output" 2>&1 ||
			{ failed=1 && echo "failed: $command" && cat "$BATS_TEST_TMPDIR/output"; }
	done < <(rows "$2")
	echo "commands: $count"
	((count == $3 && failed == 0))
}

@test "xdp-tutorial's testenv.sh: the commands here, one after the other" {
	local command pinger failed=0 vlans=yes
	place_make
	has_vlans || vlans=no
	shopt -s expand_aliases
	while IFS='|' read -r _ command; do
		[[ $command != *--vlan* || $vlans == yes ]] || continue
		if [[ $command == *tcpdump* ]]; then # it waits for a packet
			"$TESTENV" ping -n left -q -i 0.1 -w 60 >/dev/null &
			pinger=$!
		fi
		eval "$command" </dev/null || { failed=1 && echo "failed: $command"; }
		if [[ $command == *tcpdump* ]]; then kill "$pinger"; fi
	done < <(rows "xdp-tutorial: testenv.sh")
	((failed == 0))
	run -0 "$TESTENV" st
	[[ $output == *"environment right"* && $output != *"environment left"* ]]
}

@test "xdp-tutorial's xdp_loader and xdp_stats: each command here" {
	rows_run ours "xdp-tutorial: xdp_loader and xdp_stats" 8
}

@test "xdp-loader: each command here" {
	rows_run ours xdp-loader 14
}

@test "xdp-loader: each command there" {
	rows_run theirs xdp-loader 12
}

@test "bpftool: each command here" {
	rows_run ours bpftool 11
}

@test "bpftool: each command there" {
	rows_run theirs bpftool 12
}

@test "ip: each command here" {
	rows_run ours ip 8
}

@test "ip: each command there" {
	rows_run theirs ip 8
}

@test "what the page says of a load that finds a program: ours replaces its own, and leaves another's alone" {
	place_make
	make_pair testenv v1
	xdp_loader -q -d testenv --filename my.o
	xdp_loader -q -d testenv --filename my.o
	xdp_loader -q -d testenv --unload
	ip link set dev testenv xdp object my.o section xdp
	run -30 xdp_loader -d testenv --filename my.o
	[[ $output == *xdp_pass_func*"not ours"*--force* ]]
	run -30 xdp_loader -d testenv --unload
	xdp_loader -q -d testenv --filename my.o --force
}

@test "each section of the page but the letters is one that is tried here" {
	run -0 grep -c '^\* ' "$PAGE"
	[ "$output" = 6 ]
	run -0 grep -c "coming-from.org" "$TOP/README.org"
	[ "$output" -ge 1 ]
}
