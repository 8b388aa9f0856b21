#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Many loaders at once, and what happens to a device and its pins while one is at work.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets status and output
bats_require_minimum_version 1.5.0
load helpers
load consistency
load fault

teardown() { stopped_end; }

MANY=50
PATIENCE=$((10 * ${TEST_SHARE-1})) # seconds: more on slow machines

loader() { "$LOADER" -q --lock-timeout "$PATIENCE" "$@"; }

# Runs a command on each of the devices MANY times at once, loads and unloads in turn; fails where
# one ends in an unexpected way.
all_at_once() { # DEVICE...
	local number device pids=() pid code
	for ((number = 0; number < MANY; number++)); do
		for device in "$@"; do
			case $((number % 5)) in
			0) loader -d "$device" --progname xdp_pass_func ;;
			1) loader -d "$device" --progname xdp_drop_func --reuse-maps ;;
			2) loader -d "$device" --unload ;;
			3) loader -d "$device" --progname xdp_pass_func ;;
			4) loader -d "$device" --unload-all ;;
			esac >>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
			pids+=($!)
		done
	done
	for pid in "${pids[@]}"; do
		code=0
		wait "$pid" || code=$?
		# 30: unload where nothing is loaded just then.
		((code == 0 || code == 30)) || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
	done
	# What they said is that alone.
	run ! grep -v 'no XDP program is attached' "$BATS_TEST_TMPDIR/said"
}

assert_consistent() { # DEVICE...
	local device
	for device in "$@"; do
		run inconsistency "$device"
		echo "$device: $output"
		[[ -z $output ]]
	done
}

@test "$MANY loaders and unloaders at once on one device take their turns" {
	make_pair
	all_at_once v0
	assert_consistent v0
	"$LOADER" -q -d v0
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "the same on ten devices at once" {
	local number devices=()
	for number in 0 1 2 3 4 5 6 7 8 9; do
		make_pair "v$number" "p$number"
		devices+=("v$number")
	done
	MANY=5
	all_at_once "${devices[@]}"
	assert_consistent "${devices[@]}"
}

# Holds the lock on a directory for some seconds, as process HOLDER.
lock_hold() { # DIRECTORY SECONDS
	mkdir -p "$1"
	flock "$1" sleep "$2" 3>&- &
	HOLDER=$!
	for _ in {1..500}; do
		flock --nonblock "$1" true || break
	done
}

lock_release() { kill "$HOLDER" $(pgrep -P "$HOLDER"); }

# Each action waits in vain for the lock on a directory that HOLDER holds.
lock_refused() { # DIRECTORY
	local before action
	before=$(state)
	for action in '' --unload --unload-all --unpin; do
		SECONDS=0
		# shellcheck disable=SC2086 # none, or one
		run -1 timeout -k 1 "$PATIENCE" "$LOADER" -d v0 $action --lock-timeout 0.2
		echo "$output"
		((SECONDS < PATIENCE))
		[[ $output == *"could not lock $1: process $HOLDER has held it"*" 0.2 s"* ]]
		[[ $(state) == "$before" ]]
	done
	lock_release
}

@test "--lock-timeout: a loader that waits in vain says who holds the lock, and changes nothing" {
	make_pair
	"$LOADER" -q -d v0
	lock_hold "$BPFFS/v0/writer-lock" $((2 * PATIENCE))
	lock_refused "$BPFFS/v0"
	run -0 "$LOADER" -d v0 --lock-timeout 5
}

@test "--lock-timeout bounds the wait for libxdp's lock too, and a signal ends it" {
	make_pair
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/unload-begun" # there is something to repair
	lock_hold "$BPFFS/xdp" $((4 * PATIENCE))
	run -124 timeout 0.5 "$LOADER" -d v0 --lock-timeout $((2 * PATIENCE))
	lock_refused "$BPFFS/xdp"
	run -0 "$LOADER" -d v0 --lock-timeout 5
	[[ $output == *"repaired $BPFFS/v0"* ]]
}

@test "--lock-timeout takes seconds, and goes with what locks" {
	make_pair
	for seconds in -1 '' x 1e9; do
		refused 2 "--lock-timeout" "$LOADER" -d v0 --lock-timeout "$seconds"
	done
	refused 2 "--lock-timeout" "$LOADER" --list --lock-timeout 1
}

# A loader in the background, as process LOAD, that waits for the lock on the directory.
load_waits() { # DEVICE
	mkdir "$BPFFS/$1"
	mkdir -m 700 "$BPFFS/$1/writer-lock"
	lock_hold "$BPFFS/$1/writer-lock" $((2 * PATIENCE))
	"$LOADER" -d "$1" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	LOAD=$!
	wait_until_locked_out "$LOAD"
}

# It must fail like this, when it has got the lock.
load_refused() { # TEXT
	local code=0
	lock_release
	wait "$LOAD" || code=$?
	cat "$BATS_TEST_TMPDIR/said"
	[[ $code == 1 && $(<"$BATS_TEST_TMPDIR/said") == *"$1"* ]]
}

@test "a device that is deleted while a loader waits: an error, and nothing is left" {
	make_pair
	load_waits v0
	ip link del v0
	load_refused "could not use device v0: it went away"
	[[ ! -e $BPFFS/v0 ]]
}

@test "a device that is renamed, and its name taken, while a loader waits: an error, both stay as they were" {
	make_pair
	load_waits v0
	ip link set v0 down
	ip link set v0 name v9
	make_pair v0 v2
	load_refused "could not use device v0: it went away, or was renamed"
	[[ ! -e $BPFFS/v0 && $(attached_id v0) == none && $(attached_id v9) == none ]]
}

@test "a device that is deleted while it is attached to: an error; the pins are stale, or gone" {
	local request
	for request in RTM_GETLINK:1 RTM_SETLINK:1 RTM_GETLINK:2; do # asked, attached, looked whether it is there
		make_pair
		stop_before "$request" "$LOADER" -d v0 --direct
		ip link del v0
		continue_stopped
		((code == 1 || code == 30))
		make_pair
		run -0 "$LOADER" -d v0 --direct
		assert_consistent v0
		"$LOADER" -q -d v0 --unload-all
		ip link del v0
	done
}

@test "a device that is renamed while it is attached to: an error, and no program is left on it" {
	make_pair
	stop_before RTM_SETLINK:1 "$LOADER" -d v0 --direct
	ip link set v0 down
	ip link set v0 name v9
	continue_stopped
	[[ $code == 30 && $(<"$BATS_TEST_TMPDIR/said") == *"could not use device v0: it went away, or was renamed"* ]]
	[[ ! -e $BPFFS/v0 && $(attached_id v9) == none ]]
}

@test "a pin directory that is removed by hand while a loader is at work: an error, the old program stays" {
	make_pair
	"$LOADER" -q -d v0 --direct
	before=$(attached_id v0)
	stop_before RTM_SETLINK:1 "$LOADER" -d v0 --direct --progname xdp_drop_func
	rm -r "$BPFFS/v0"
	continue_stopped
	[[ $code == 40 && $(<"$BATS_TEST_TMPDIR/said") == *"somebody has removed it; load again"* ]]
	[[ $(attached_id v0) == "$before" ]]
	assert_consistent v0
}

@test "a pin directory that is removed by hand afterwards: what is attached is nobody's, and --force replaces it" {
	make_pair
	"$LOADER" -q -d v0 --direct
	rm -r "$BPFFS/v0"
	refused 30 "not ours" "$LOADER" -d v0 --direct
	run -0 "$LOADER" -d v0 --direct --force
	assert_consistent v0
}

@test "what others have put into our directory is left alone through load, reload and unload, and is named" {
	make_pair
	mkdir -p "$BPFFS/v0/programs/deep" "$BPFFS/v0/folder"
	stranger_map "$BPFFS/v0/strange"
	stranger_map "$BPFFS/v0/folder/strange"
	stranger_map "$BPFFS/v0/programs/a_map"
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/v0/a_program" type xdp
	ln -s nowhere "$BPFFS/v0/link"
	strangers=$(find "$BPFFS/v0" -printf '%p %i\n' | sort)
	"$LOADER" -q -d v0
	"$LOADER" -q -d v0 --progname xdp_drop_func
	run -0 "$LOADER" -d v0 --list
	for name in folder programs/deep programs/a_map a_program link; do
		[[ $output == *"${name##*/}"* ]] || { echo "$output, without $name" && false; }
	done
	"$LOADER" -q -d v0 --unload
	[[ $(find "$BPFFS/v0" ! -name owner -printf '%p %i\n' | sort) == "$strangers" ]]
	"$LOADER" -q -d v0
	run -0 "$LOADER" -d v0 --unload-all
	for name in folder programs/deep programs/a_map a_program link; do
		[[ $output == *"$BPFFS/v0/$name is not one of our pins: left alone"* ]]
	done
	[[ -e $BPFFS/v0/folder/strange && -L $BPFFS/v0/link ]]
}

@test "a map of somebody else's under the counters' name: a load refuses it, keeps counting in it, or takes its place" {
	make_pair
	mkdir "$BPFFS/v0"
	bpftool map create "$BPFFS/v0/xdp_stats_map" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
	map=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	refused 40 "no program that is pinned beside it uses it" "$LOADER" -d v0
	run -0 "$LOADER" -d v0 --reuse-maps
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$map" ]]
	"$LOADER" -q -d v0 --unpin --programs-only
	run -0 "$LOADER" -d v0 --force
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") != "$map" ]]
}

@test "pins that somebody else owns work, and a reload hands owner and mode on" {
	make_pair
	"$LOADER" -q -d v0
	chown nobody:nogroup "$BPFFS/v0/xdp_stats_map"
	chmod 640 "$BPFFS/v0/xdp_stats_map"
	run -0 "$LOADER" -d v0 --reuse-maps
	run -0 "$LOADER" -d v0
	[[ $(stat -c '%U:%G %a' "$BPFFS/v0/xdp_stats_map") == "nobody:nogroup 640" ]]
	assert_consistent v0
	run -0 "$LOADER" -d v0 --unload-all
	[[ ! -e $BPFFS/v0 ]]
}

@test "a pin in the way of the programs' folder: an error that names it" {
	make_pair
	mkdir "$BPFFS/v0"
	stranger_map "$BPFFS/v0/programs"
	refused 40 "$BPFFS/v0/programs: Not a directory; something else is there in place of our directory" "$LOADER" -d v0
}
