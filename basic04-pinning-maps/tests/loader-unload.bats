#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: unloading.
load helpers

bats_require_minimum_version 1.5.0
setup() { make_pair; }

@test "--unload ID takes the program off, and only then removes its pins" {
	"$LOADER" -q -d v0
	id=$(attached_id v0)
	run -0 strace -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto,unlink,unlinkat \
		"$LOADER" -d v0 --unload "$id"
	[[ $output == *"unloaded xdp_pass_func (id $id)"* ]]
	[[ $(attached_id v0) == none && ! -e $BPFFS/v0 ]]
	awk '/sendto.*RTM_SETLINK/ { off = NR } /unlink/ && !first { first = NR } END { exit !(off && first > off) }' \
		"$BATS_TEST_TMPDIR/calls"
}

@test "--unload of an ID that is not there changes nothing and exits 30" {
	"$LOADER" -q -d v0
	refused 30 "could not unload program 4294967295 from v0" "$LOADER" -d v0 --unload 4294967295
	refused 30 "could not unload program 1 from v1: no XDP program" "$LOADER" -d v1 -U 1 ||
		[[ $output == *"no XDP program is attached"* ]]
}

@test "--unload without an ID takes ours off" {
	"$LOADER" -q -d v0
	run -0 "$LOADER" -d v0 -U
	[[ $(attached_id v0) == none && ! -e $BPFFS/v0 ]]
}

@test "--unload where nothing of ours is: a clear error" {
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload
	foreign_program v0
	refused 30 "is not ours" "$LOADER" -d v0 --unload
}

@test "somebody else's program is detached with its ID and --force only" {
	foreign_program v0
	id=$(attached_id v0)
	refused 30 "is not ours" "$LOADER" -d v0 --unload "$id"
	refused 30 "is not ours" "$LOADER" -d v0 --unload-all
	run -0 "$LOADER" -d v0 --unload "$id" --force
	[[ $(attached_id v0) == none && -e $BPFFS/theirs ]]
}

@test "--unload-all leaves the device and its directory clean, twice" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	run -0 "$LOADER" -d v0 --unload-all
	[[ $output == *"removed the pins of 4 maps and 1 program"* ]]
	[[ $(attached_id v0) == none && ! -e $BPFFS/v0 ]]
	run -0 "$LOADER" -d v0 --unload-all
	foreign_program v0
	run -0 "$LOADER" -d v0 --unload-all --force
	[[ $(attached_id v0) == none ]]
}

@test "--unload-all names and leaves what is not one of our pins" {
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/folder"
	run -0 "$LOADER" -d v0 --unload-all
	[[ $output == *"$BPFFS/v0/folder is not one of our pins: left alone"* ]]
	[[ -d $BPFFS/v0/folder && ! -e $BPFFS/v0/xdp_stats_map && ! -e $BPFFS/v0/programs ]]
}

@test "--unload takes our program off, and leaves what others have pinned in the directory" {
	"$LOADER" -q -d v0
	stranger_map "$BPFFS/v0/strange"
	strange=$(pinned_map "$BPFFS/v0/strange")
	run -0 "$LOADER" -d v0 --unload "$(attached_id v0)"
	[[ $output == *"1 map and 1 program"* && $(attached_id v0) == none ]]
	[[ $(find "$BPFFS/v0" -type f) == "$BPFFS/v0/strange" ]]
	[[ $(pinned_map "$BPFFS/v0/strange") == "$strange" ]]
}

@test "--unload of an ID that is pinned, but not on the device, changes nothing and exits 30" {
	"$LOADER" -q -d v0
	id=$(attached_id v0)
	ip link set v0 xdp off
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload "$id"
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload
	foreign_program v0
	refused 30 "it is not there" "$LOADER" -d v0 --unload "$id" --force
}

@test "--unload of an ID that another device runs changes nothing on either" {
	"$LOADER" -q -d v0
	"$LOADER" -q -d v1
	refused 30 "it is not there" "$LOADER" -d v0 --unload "$(attached_id v1)"
	"$LOADER" -q -d v0 --unload-all
	[[ $(attached_id v1) == "$(pinned_program "$BPFFS/v1/programs/xdp_pass_func")" ]]
}

@test "--unload takes its value in any of getopt's forms, and -q says nothing" {
	for form in --unload=ID "--unload ID" -UID "-U ID" -U --unload; do
		"$LOADER" -q -d v0
		read -ra words <<<"${form/ID/$(attached_id v0)}"
		run -0 "$LOADER" -q -d v0 "${words[@]}"
		[[ -z $output && $(attached_id v0) == none && ! -e $BPFFS/v0 ]]
	done
}

@test "--unload works in skb mode" {
	"$LOADER" -q -d v0 --skb-mode
	run -0 "$LOADER" -d v0 --unload "$(attached_id v0)"
	[[ $(attached_id v0) == none && ! -e $BPFFS/v0 ]]
}

@test "--unload-all detaches before it removes a pin" {
	"$LOADER" -q -d v0
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto,unlink,unlinkat "$LOADER" -q -d v0 --unload-all
	awk '/sendto.*RTM_SETLINK/ { off = NR } /unlink/ && !first { first = NR } END { exit !(off && first > off) }' \
		"$BATS_TEST_TMPDIR/calls"
}

@test "--unload-all removes stale pins where nothing is attached any more" {
	"$LOADER" -q -d v0
	ip link set v0 xdp off
	run -0 "$LOADER" -d v0 --unload-all
	[[ $output == *"1 map and 1 program"* && ! -e $BPFFS/v0 ]]
}

@test "--unload-all with somebody else's program there changes nothing; with --force both go" {
	"$LOADER" -q -d v0
	ip link set v0 xdp off
	foreign_program v0
	refused 30 "is not ours; give --force" "$LOADER" -d v0 --unload-all
	run -0 "$LOADER" -d v0 --unload-all --force
	[[ $(attached_id v0) == none && ! -e $BPFFS/v0 && -e $BPFFS/theirs ]]
}

@test "a program that a bpf_link holds is detached with --force only" {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	for how in --unload-all --unload; do
		attach_by_link "$BPFFS/theirs" v0 "$BPFFS/held"
		id=$(attached_id v0)
		[[ $how == --unload-all ]] || how="--unload=$id"
		refused 30 "is not ours" "$LOADER" -d v0 "$how"
		run -0 "$LOADER" -d v0 "$how" --force
		[[ $(attached_id v0) == none && -e $BPFFS/theirs ]]
		rm "$BPFFS/held"
	done
}

# What an unload leaves that is killed after it has detached.
@test "an unload that was killed before it could remove its pins is finished by the next command" {
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/unload-begun"
	ip link set v0 xdp off
	run -30 "$LOADER" -d v0 --unload 4294967295
	[[ $output == *"repaired $BPFFS/v0"* && ! -e $BPFFS/v0 ]]
}

@test "what a killed load has staged is undone, and what it has attached is finished" {
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/staged-pins"
	bpftool map create "$BPFFS/v0/staged-pins/half" type array key 4 value 4 entries 1 name half
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"repaired $BPFFS/v0"* ]]
	[[ ! -e $BPFFS/v0/staged-pins && ! -e $BPFFS/v0/half ]]
}

@test "--unload leaves a map that another pinned program uses, and that program" {
	"$LOADER" -q -d v0
	map=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/v0/programs/second" type xdp map name xdp_stats_map id "$map"
	run -0 "$LOADER" -d v0 --unload
	[[ $output == *"0 maps and 1 program"* && $(attached_id v0) == none ]]
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$map" && $(ls "$BPFFS/v0/programs") == second ]]
}
