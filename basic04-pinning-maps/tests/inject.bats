#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Commands whose system calls fail: each once, each from one on, and in pairs. Errors and pairs are drawn
# from TEST_SEED (default: 1), others from another one; what is printed of a failure repeats it.
load helpers
load consistency
load kill
load fault

MAP=$DIR/xdp_stats_map

setup() { make_pair; }

foreign_loaded() { # which only the hook keeps
	[[ -e $DIR || $(attached_id v0) == none ]] || return 0
	nothing_loaded
	foreign_program v0 >/dev/null
	rm "$BPFFS/theirs"
}
maps_loaded() { "$LESSON/maps_ctl" -q -d v0; }
drop_killed() {
	pass_loaded
	killed_in_commit
}

# All but those for memory, and those that read and write what is open.
CALLS='?access,?bind,?bpf,?eventfd2,?faccessat,?faccessat2,?fchmod,?fchmodat,?fchown,?fchownat,?fcntl,?flock
?getdents64,?getsockname,?getsockopt,?inotify_add_watch,?inotify_init1,?ioctl,?linkat,?mkdir,?mkdirat,?mount
?newfstatat,?open,?openat,?openat2,?readlink,?readlinkat,?recvfrom,?recvmsg,?rename,?renameat,?renameat2
?rmdir,?sendmsg,?sendto,?setsockopt,?socket,?statfs,?fstatfs,?symlinkat,?unlink,?unlinkat'
CALLS=${CALLS//$'\n'/,}
ERRORS=(ENOMEM EPERM EIO ENOSPC EINTR ENOSYS EMFILE)

# Sets drawn. No subshell: there the next numbers would be the same ones again.
draw() { # WORD...
	local number=$((RANDOM % $# + 1))
	drawn=${!number}
}

# Each of the calls that a command makes, as "name n": the n-th of that name. Before the libraries are there
# no line of ours has run.
calls_of() { # COMMAND...
	strace -f -y -e trace="$CALLS" -o "$BATS_TEST_TMPDIR/calls" -- "$@" >/dev/null 2>&1 || :
	awk '{ sub(/^[0-9]+ +/, "") } /^[a-z0-9_]+\(/ { name = $0; sub(/\(.*/, "", name); n[name]++ }
		/^[a-z0-9_]+\(/ && !/\.so|\/locale\// { print name, n[name] }' "$BATS_TEST_TMPDIR/calls"
}

# Sets inject to strace's options for a point: it fails once, from there on, or with a later one too.
injection() { # once|on|pair NAME N
	local name number error drawn after
	draw "${ERRORS[@]}"
	error=:error=$drawn:when=
	inject=(-e "inject=$2$error$3")
	case $1 in
	# Nothing is interrupted for ever, and libbpf would wait as long.
	on) inject=(-e "inject=$2${error/EINTR/ENOBUFS}$3+") ;;
	pair)
		mapfile -t after < <(awk -v name="$2" -v n="$3" 'after; $0 == name " " n { after = 1 }' \
			"$BATS_TEST_TMPDIR/points")
		((${#after[@]})) || return 0
		draw "${after[@]}"
		read -r name number <<<"$drawn"
		if [[ $name == "$2" ]]; then
			inject=(-e "inject=$2$error$3..$number+$((number - $3))")
		else
			draw "${ERRORS[@]}"
			inject+=(-e "inject=$name:error=$drawn:when=$number")
		fi
		;;
	esac
}

# Runs each point of a command: PREPARE, the command where calls fail, then JUDGE, which says what is wrong.
# Prints a line of the table. There are thousands of points, of which each fortieth is tried, or all with
# TEST_INJECTIONS=all.
at_each_call() { # PREPARE JUDGE COMMAND...
	local prepare=$1 judge=$2 form name number before map wrong status inject at=0 points=0 refused=0 bad=0
	local step=40
	[[ ${TEST_INJECTIONS-} != all ]] || step=1
	RANDOM=${TEST_SEED-1}
	shift 2
	local -
	set +T # bats stops at each command of a function: half of the time
	"$prepare"
	calls_of "$@" >"$BATS_TEST_TMPDIR/points"
	at=$((RANDOM % step))
	while read -r name number; do
		for form in once on pair; do
			((at++ % step == 0)) || continue
			injection "$form" "$name" "$number"
			"$prepare"
			before=$(state)
			map=$(pinned_map "$MAP" 2>/dev/null) || :
			status=0
			timeout --signal=KILL 30 strace -f -o /dev/null "${inject[@]}" -- "$@" \
				>"$BATS_TEST_TMPDIR/printed" 2>"$BATS_TEST_TMPDIR/said" </dev/null || status=$?
			points=$((points + 1))
			((status == 0)) || refused=$((refused + 1))
			wrong=$("$judge" "$@") || :
			[[ $wrong ]] || continue
			echo "strace -f -o /dev/null ${inject[*]} $*: exit $status, said: $(<"$BATS_TEST_TMPDIR/said")"
			echo "  $wrong"
			bad=$((bad + 1))
		done
	done <"$BATS_TEST_TMPDIR/points"
	echo "# $BATS_TEST_DESCRIPTION: $points points, $refused refused the command, $bad left something wrong" >&3
	((points >= 20 / step && points > 0 && bad == 0))
}

# What a command that has done its work must not have left: pins that do not belong to what is
# attached, or with -M another map than before. What is unpinned stays attached. An empty folder may be
# left for the next command, if that is said.
wrong_after() { # COMMAND...
	if [[ " $* " == *" --unpin "* ]]; then
		! grep -q "could not be cleared up" "$BATS_TEST_TMPDIR/said" || repair
		if [[ -e $DIR ]]; then find "$DIR"; fi
		return
	fi
	if grep -q "could not be cleared up" "$BATS_TEST_TMPDIR/said"; then next_command; else inconsistency v0; fi
	if [[ " $* " == *" -M "* && $(pinned_map "$MAP") != "$map" ]]; then echo "another map is pinned"; fi
}

on_hook() { grep '^ v0 ' || :; } # of a state

# A command that says that it has failed has changed nothing, or left what the next one finishes: the state
# that one reaches is whole. A single failure in what attaches and pins is taken back at once. What maps_ctl
# has loaded stays if it then cannot read or write the values.
wrong_change() { # COMMAND...
	local after left
	if ((status == 0)); then
		wrong_after "$@"
		return
	fi
	((status <= 40 || status == 127)) && [[ -s $BATS_TEST_TMPDIR/said ]] || echo "said nothing"
	after=$(state)
	[[ $after != "$before" ]] || return 0
	if grep -q "maps_ctl: could not .* $DIR/maps_control" "$BATS_TEST_TMPDIR/said"; then
		next_command
		return
	fi
	if [[ $form == once && $name == @(bpf|sendto) && $prepare != drop_killed ]]; then
		diff <(echo "$before") <(echo "$after")
	elif [[ " $* " == *" --unpin "* ]]; then
		"$@" >/dev/null && wrong_after "$@"
	else
		left=$(inconsistency v0)
		[[ $left || $(on_hook <<<"$after") == $(on_hook <<<"$before") ]] ||
			echo "exit $status, though the work is done"
		repair
		[[ $(state) == "$before" ]] || inconsistency v0
	fi
}

# A command that only tells changes nothing, and tells the whole or fails; but --all leaves out, and says so,
# what it may not read.
wrong_telling() { # COMMAND...
	[[ $(state) == "$before" ]] || echo "it has changed something"
	if [[ ${inject[*]} == *EPERM* && $* == *--all* && -s $BATS_TEST_TMPDIR/said ]]; then return; fi
	if ((status == 0)); then
		"$@" 2>/dev/null | timeless | diff - <(timeless <"$BATS_TEST_TMPDIR/printed")
	else
		((status <= 40 || status == 127)) && [[ -s $BATS_TEST_TMPDIR/said ]] || echo "said nothing"
	fi
}

changes() { at_each_call "$1" wrong_change "${@:2}"; } # PREPARE COMMAND...
tells() { at_each_call pass_loaded wrong_telling "$@"; }

# The kernel attaches, and answers no more.
@test "where what ran before cannot come back, the new program stays, and the next command finishes the load" {
	local code=0
	"$LOADER" -q -d v0 --direct
	netlink_fault RTM_SETLINK:1:last "$LOADER" -q -d v0 --direct --progname xdp_drop_func \
		2>"$BATS_TEST_TMPDIR/said" || code=$?
	((code == 30))
	grep "could not put back what ran on v0 before" "$BATS_TEST_TMPDIR/said"
	[[ -z $(next_command) && -e $DIR/programs/xdp_drop_func ]]
}

@test "if the answer of a query is lost, nothing is changed" {
	local n
	"$LOADER" -q -d v0 --direct
	for n in 1 2; do # before it attaches, and after
		refused 30 "could not ask what is attached to v0: No buffer space available" \
			netlink_fault "RTM_GETLINK:$n:lost" "$LOADER" -q -d v0 --direct --progname xdp_drop_func
	done
}

@test "load" { changes nothing_loaded "$LOADER" -d v0; }
@test "reload" { changes pass_loaded "$LOADER" -d v0 --progname xdp_drop_func; }
@test "reload -M" { changes pass_loaded "$LOADER" -d v0 -M --progname xdp_drop_func; }
@test "reload in another mode" { changes pass_loaded "$LOADER" -d v0 --skb-mode; }
@test "load --force over another's program" { changes foreign_loaded "$LOADER" -d v0 --force --direct; }
@test "unload" { changes pass_loaded "$LOADER" -d v0 --unload; }
@test "unload-all" { changes pass_loaded "$LOADER" -d v0 --unload-all; }
@test "unpin" { changes pass_loaded "$LOADER" -d v0 --unpin; }
@test "repair" { changes drop_killed "$LOADER" -d v0 --progname xdp_pass_func; }
@test "maps_ctl loads" { changes nothing_loaded "$LESSON/maps_ctl" -d v0; }
@test "maps_ctl writes" { changes maps_loaded "$LESSON/maps_ctl" -d v0 -u 7 3; }
@test "maps_ctl removes" { changes maps_loaded "$LESSON/maps_ctl" -d v0 --remove; }
@test "list" { tells "$LOADER" --list; }
@test "stats" { tells "$STATS" --all --once; }
