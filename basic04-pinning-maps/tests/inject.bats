#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What attaches and pins, when the kernel refuses: each bpf() call and each netlink request fails once.
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

# What a command that has done its work must not have left: pins that do not belong to what is
# attached, or with -M another map than before. What is unpinned stays attached.
wrong_after() { # MAP-BEFORE COMMAND...
	if [[ " $* " == *" --unpin "* ]]; then
		if [[ -e $DIR ]]; then find "$DIR"; fi
		return
	fi
	inconsistency v0
	if [[ " $* " == *" -M "* && $(pinned_map "$MAP") != "$1" ]]; then echo "another map is pinned"; fi
}

# fail_everywhere PREPARE CALL ERROR COMMAND...: the command either does its work without that call,
# or says what failed and leaves everything as it was. Prints a line of the table.
fail_everywhere() {
	local prepare=$1 call=$2 error=$3 step=${TEST_SHARE-1} calls number before after map wrong status points=0 refused=0 bad=0
	shift 3
	local -
	set +T # bats stops at each command of a function: half of the time
	"$prepare"
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace="$call" -- "$@" >/dev/null
	calls=$(grep -c "$call(" "$BATS_TEST_TMPDIR/calls")
	((calls > 10)) || step=1
	for ((number = RANDOM % step + 1; number <= calls; number += step)); do
		"$prepare"
		before=$(state)
		map=$(pinned_map "$MAP" 2>/dev/null) || :
		status=0
		strace -f -o /dev/null -e inject="$call:error=$error:when=$number" -- "$@" \
			>"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
		points=$((points + 1))
		if ((status == 0)); then
			wrong=$(wrong_after "$map" "$@")
		else
			refused=$((refused + 1))
			after=$(state)
			wrong=$(diff <(echo "$before") <(echo "$after") || :)
			if ((status > 40)) || [[ ! -s $BATS_TEST_TMPDIR/said ]]; then wrong+=" said nothing"; fi
		fi
		[[ -n $wrong ]] || continue
		echo "$call $number with $error: exit $status, said: $(cat "$BATS_TEST_TMPDIR/said"): $wrong"
		bad=$((bad + 1))
	done
	echo "# $BATS_TEST_DESCRIPTION: $call() $error: $points of $calls failed, $refused refused the command, $bad left something wrong" >&3
	((points >= calls / step && bad == 0))
}

# What is refused in the middle of a repair, the next command repairs: forward all the same.
@test "repair, a bpf() call fails" {
	local calls number wrong points=0 bad=0 step=${TEST_SHARE-1} repair=("$LOADER" -q -d v0 --unload 4294967295)
	drop_killed
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf -- "${repair[@]}" || :
	calls=$(grep -c "bpf(" "$BATS_TEST_TMPDIR/calls")
	for ((number = RANDOM % step + 1; number <= calls; number += step)); do
		drop_killed
		strace -f -o /dev/null -e inject="bpf:error=ENOMEM:when=$number" -- "${repair[@]}" 2>/dev/null || :
		wrong=$(next_command)
		[[ -e $DIR/programs/xdp_drop_func ]] || wrong+=" it went back"
		points=$((points + 1))
		[[ -z $wrong ]] || { echo "bpf $number: $wrong" && bad=$((bad + 1)); }
	done
	echo "# $BATS_TEST_DESCRIPTION: bpf() ENOMEM: $points of $calls failed, $((points - bad)) repaired" >&3
	((points >= calls / step && calls > 10 && bad == 0))
}

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

bpf_fails() { # PREPARE COMMAND...
	local error prepare=$1
	shift
	for error in ENOMEM EPERM E2BIG; do
		fail_everywhere "$prepare" bpf "$error" "$@"
	done
}

netlink_fails() { # PREPARE COMMAND...
	local error prepare=$1
	shift
	for error in EBUSY ENOMEM EPERM; do
		fail_everywhere "$prepare" sendto "$error" "$@"
	done
}

@test "load, a bpf() call fails" { bpf_fails nothing_loaded "$LOADER" -q -d v0; }
@test "load, a netlink request fails" { netlink_fails nothing_loaded "$LOADER" -q -d v0; }
@test "reload, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --progname xdp_drop_func; }
@test "reload, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --progname xdp_drop_func; }
@test "reload -M, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 -M --progname xdp_drop_func; }
@test "reload -M, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 -M --progname xdp_drop_func; }
@test "load --force over another's program, a bpf() call fails" { fail_everywhere foreign_loaded bpf ENOMEM "$LOADER" -q -d v0 --force --direct; }
@test "load --force over another's program, a netlink request fails" { fail_everywhere foreign_loaded sendto EBUSY "$LOADER" -q -d v0 --force --direct; }
@test "load --force over another's program, a renameat() fails" { fail_everywhere foreign_loaded renameat EIO "$LOADER" -q -d v0 --force --direct; }
@test "unload, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unload; }
@test "unload, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unload; }
@test "unload-all, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unload-all; }
@test "unload-all, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unload-all; }
@test "maps_ctl --remove, a bpf() call fails" { fail_everywhere maps_loaded bpf ENOMEM "$LESSON/maps_ctl" -q -d v0 --remove; }
@test "unpin, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unpin; }
@test "unpin, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unpin; }
