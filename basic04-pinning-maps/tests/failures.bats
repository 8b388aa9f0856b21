#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What fails is told as what it is: an answer that is lost is asked for again, an error is never taken for
# "no", and what a repair needs stays until it has succeeded.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets status and output
bats_require_minimum_version 1.5.0
load helpers
load consistency
load kill
load fault

setup() { make_pair; }
teardown() { stopped_end; }

direct() { "$LOADER" -q -d "$DEV" --direct "$@"; }
without() { setpriv --bounding-set "-$1" --inh-caps "-$1" "${@:2}"; } # CAPABILITY COMMAND...

consistent() {
	local wrong
	wrong=$(inconsistency "$DEV")
	echo "$wrong"
	[[ -z $wrong ]]
}

# As if the socket's buffer were full: the kernel has done the work, and its answer does not come.
lost() { # N OPTION...
	run -0 netlink_fault "RTM_SETLINK:$1:lost" "$LOADER" -d "$DEV" "${@:2}"
	[[ $output != *"could not"* ]]
	consistent
}

@test "an attach or a detach whose answer is lost has done its work" {
	lost 1 --direct
	lost 1 --progname xdp_drop_func
	lost 1 -M
	lost 1 --skb-mode    # off in native mode
	lost 2 --native-mode # on in the other
	lost 1 --unload
	foreign_program "$DEV" >/dev/null
	lost 1 --direct --force
	lost 1 --unload-all
	[[ $(attached_id "$DEV") == none ]]
}

@test "a device that the kernel cannot be asked about is not taken for one that is gone" {
	local command
	direct
	for command in "$LOADER" "$LOADER --unload" "$LOADER --unpin" "$LOADER --list" "$LESSON/maps_ctl -u 1 2" "$STATS --once"; do
		# shellcheck disable=SC2086 # words
		run strace -f -o /dev/null -e inject=ioctl:error=ENOMEM:when=1 $command -d "$DEV"
		echo "$command: $status $output"
		((status > 0 && status <= 40))
		[[ $output == *"could not look for device $DEV: Cannot allocate memory"* ]]
		consistent
	done
}

@test "if the kernel does not report what is attached either, the staged pins stay, and the next command finishes the load" {
	direct
	run -30 netlink_fault RTM_SETLINK:1:last "$LOADER" -q -d "$DEV" --direct --progname xdp_drop_func
	[[ -z $(next_command) && -e $DIR/programs/xdp_drop_func ]]
}

@test "without CAP_SYS_ADMIN our own program is loaded, reloaded, listed and unloaded" {
	local id option
	run -0 without sys_admin "$LOADER" -d "$DEV"
	[[ $output == *"attached xdp_pass_func"*directly* ]]
	consistent
	run -0 without sys_admin "$LOADER" -d "$DEV" --progname xdp_drop_func
	[[ $output == *"it replaces xdp_pass_func"* ]]
	without sys_admin "$LOADER" -q -d "$DEV" -M
	consistent
	id=$(attached_id "$DEV")
	run -0 without sys_admin "$LOADER" -d "$DEV" --list
	[[ $output == *"xdp_pass_func (id $id) attached"*live*live* && $output != *stale* ]]
	killed_in_commit --direct
	run -0 without sys_admin "$LOADER" -d "$DEV" --unload
	[[ $output == *repaired*"unloaded xdp_drop_func"* ]]
	[[ $(attached_id "$DEV") == none && ! -e $DIR ]]
	for option in '' '' --remove; do
		# shellcheck disable=SC2086 # none, or one
		without sys_admin "$LESSON/maps_ctl" -q -d "$DEV" $option
	done
	[[ $(attached_id "$DEV") == none && ! -e $DIR ]]
}

@test "where a capability is needed it is named, before anything is changed" {
	local option
	foreign_program "$DEV" >/dev/null
	for option in '' --force '--unload-all --force'; do
		# shellcheck disable=SC2086 # words
		refused 30 "needs CAP_SYS_ADMIN" without sys_admin "$LOADER" -d "$DEV" $option
	done
	make_pair v2 v3
	refused 30 "needs CAP_NET_ADMIN" without net_admin "$LOADER" -d v2 --direct
}

theirs_taken_off() {
	theirs=$(foreign_program "$DEV")
	killed_in_mode_change --force
}

@test "what cannot be put back is kept for the next command" {
	theirs_taken_off
	for _ in 1 2; do
		run -30 netlink_fault RTM_SETLINK:1:EBUSY "$LOADER" -d "$DEV" --unload
		[[ $output == *"could not put back"*"Device or resource busy"*"is kept in $DIR"* ]]
	done
	run "$LOADER" -d "$DEV" --unload
	[[ $output == *repaired* && $(attached_id "$DEV") == "$theirs" && ! -e $DIR ]]
}

@test "what cannot be put back is given up with --force" {
	theirs_taken_off
	run -0 netlink_fault RTM_SETLINK:1:EBUSY "$LOADER" -d "$DEV" --direct --force
	consistent
}

@test "an unload that cannot remove a pin leaves its mark, and the next command finishes it" {
	local option
	for option in --unload --unload-all; do
		direct
		run -40 strace -f -o /dev/null -P "$DIR" -e inject=unlinkat:error=EIO:when=1 "$LOADER" -d "$DEV" "$option"
		[[ $output == *"could not remove"*"Input/output error"* ]]
		[[ $(attached_id "$DEV") == none && -e $DIR/unload-begun ]]
		[[ -z $(next_command) && ! -e $DIR ]]
	done
}

@test "a load that is undone removes its own pins, and not what somebody has pinned meanwhile" {
	local option
	for option in '' -M; do
		direct
		before=$(attached_id "$DEV")
		# shellcheck disable=SC2086 # none, or one
		stop_before RTM_GETLINK:2 "$LOADER" -d "$DEV" --direct --progname xdp_drop_func $option # attached; to be read back
		stranger_map "$DIR/theirs"
		ip link set "$DEV" xdp off
		continue_stopped
		((code == 30))
		[[ -e $DIR/theirs && ! -e $DIR/staged-pins && ! -e $DIR/programs/xdp_drop_func ]]
		rm "$DIR/theirs"
		"$LOADER" -q -d "$DEV" --unpin
	done
}

@test "a killed load of a program without maps: somebody's program of the same instructions is not taken for it" {
	local file=$OBJECTS/loader_no_map.o
	run -137 netlink_fault RTM_SETLINK:1:kill "$LOADER" -d "$DEV" --direct --filename "$file"
	bpftool prog load "$file" "$BPFFS/same" type xdp
	bpftool net attach xdpdrv pinned "$BPFFS/same" dev "$DEV"
	before=$(attached_id "$DEV")
	run -30 "$LOADER" -d "$DEV" --direct --filename "$file"
	[[ $output == *"program $before (no_map), which is not ours"* ]]
	[[ $(attached_id "$DEV") == "$before" && ! -e $DIR ]]
}

@test "a folder that cannot be read is an error, and nothing is taken for missing" {
	local option calls n points=0
	direct
	before=$(state)
	for option in --unload --unload-all --unpin -M; do
		calls=$(strace -f -o "$BATS_TEST_TMPDIR/calls" -P "$DIR" -P "$DIR/programs" -e trace=getdents64 \
			"$LOADER" -q -d "$DEV" $option && grep -c getdents64 "$BATS_TEST_TMPDIR/calls")
		for ((n = 1; n <= calls; n++)); do
			direct --force
			run strace -f -o /dev/null -P "$DIR" -P "$DIR/programs" \
				-e inject=getdents64:error=ENOMEM:when="$n" "$LOADER" -d "$DEV" $option
			points=$((points + 1))
			echo "$option $n: $status, $output"
			((status == 0)) || [[ $output == *"Cannot allocate memory"* ]]
			repair
			if [[ $option == --unpin && ! -e $DIR ]]; then
				[[ $(attached_id "$DEV") != none ]]
			else
				consistent
			fi
		done
		direct --force
	done
	((points > 8))
}

@test "of many loaders that find no BPF filesystem one mounts it" {
	local n jobs=()
	for n in {1..8}; do make_pair "a$n" "b$n"; done
	umount "$BPFFS"
	for n in {1..8}; do
		"$LOADER" -q -d "a$n" --direct 3>&- &
		jobs+=($!)
	done
	for n in "${jobs[@]}"; do wait "$n"; done
	[[ $(findmnt --raw --noheadings --output TARGET --types bpf) == "$BPFFS" ]]
	for n in {1..8}; do [[ -e $BPFFS/a$n/xdp_stats_map ]]; done
}
