#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The pinned map between programs that know nothing of each other; and what stands at a path where
# there should be one.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

CTL=$LESSON/maps_ctl
SURFACE=$LESSON/maps_prog_kern.o

teardown() { jobs_end; }

# Values 21 and 22 by maps_ctl, 5 packets: the program has seen them, as they differ.
assert_controlled() { # CONTROL-MAP COUNTERS
	run -0 "$CTL" --map "$1" -u 21 22
	[[ ${lines[0]} == "found value1:0 value2:0" && ${lines[1]} == "wrote value1:21 value2:22" ]]
	frames_send 5
	run -0 "$STATS" --map "$2" --once
	[[ $output =~ XDP_PASS\ +5\ + ]]
	run -0 "$CTL" --map "$1" --get
	[[ ${lines[0]} == "now value1:21 value2:22" ]]
}

# The packets that saw unequal values, of a map at a path.
unequal_in() {
	bpftool -j map dump pinned "$1" | jq '[.[0].formatted.values[].value] | add'
}

# The map of this name that program ID uses, pinned by bpftool.
map_pin() { # PROGRAM-ID NAME PATH
	local id
	for id in $(maps_of id "$1"); do
		if [[ $(bpftool map show id "$id") == *" name $2 "* ]]; then
			bpftool map pin id "$id" "$3"
			return
		fi
	done
	return 1
}

@test "bpftool dumps our map with its fields' names, and what it writes the program reads" {
	pair_make
	"$CTL" -q -d va -u 1 2
	run -0 bpftool map dump pinned "$BPFFS/va/maps_control"
	[[ $output == *'"value1": 1'*'"value2": 2'* ]]
	# A lock's four bytes first: the kernel does not copy them.
	bpftool map update pinned "$BPFFS/va/maps_control" key 0 0 0 0 value 0 0 0 0 7 0 0 0 7 1 0 0
	frames_send 5
	run -0 "$CTL" -d va --get
	[[ ${lines[0]} == "now value1:7 value2:263" && ${lines[1]} == "trace:3 unequal:5 "* ]]
}

@test "a map that bpftool pins under another name is used by both tools" {
	pair_make
	"$LOADER" -q -d va --filename "$SURFACE"
	map_pin "$(attached_id va)" maps_control "$BPFFS/surface"
	map_pin "$(attached_id va)" xdp_stats_map "$BPFFS/counters"
	assert_controlled "$BPFFS/surface" "$BPFFS/counters"
}

@test "our object loaded by bpftool is controlled and read where bpftool has pinned its maps" {
	pair_make
	bpftool prog load "$SURFACE" "$BPFFS/program" type xdp pinmaps "$BPFFS/maps"
	bpftool net attach xdpdrv pinned "$BPFFS/program" dev va
	assert_controlled "$BPFFS/maps/maps_control" "$BPFFS/maps/xdp_stats_map"
	[[ $(unequal_in "$BPFFS/maps/maps_unequal") == 5 ]]
}

@test "our object loaded by ip, which pins nothing, is controlled when bpftool has pinned its maps" {
	pair_make
	ip link set dev va xdp obj "$SURFACE" sec xdp
	map_pin "$(attached_id va)" maps_control "$BPFFS/surface"
	map_pin "$(attached_id va)" xdp_stats_map "$BPFFS/counters"
	assert_controlled "$BPFFS/surface" "$BPFFS/counters"
}

@test "our object loaded by xdp-loader is controlled when bpftool has pinned its maps" {
	pair_make
	xdp-loader load va "$SURFACE"
	map_pin "$(attached_id va)" maps_control "$BPFFS/surface"
	map_pin "$(attached_id va)" xdp_stats_map "$BPFFS/counters"
	assert_controlled "$BPFFS/surface" "$BPFFS/counters"
}

# xdp-loader pins what a program asks to be pinned by its name, and nothing else.
@test "of a program on libxdp's header xdp-loader pins the counters, and xdp_stats reads them" {
	pair_make
	xdp-loader load --pin-path "$BPFFS/libxdp" va "$OBJECTS/loader_libxdp.o"
	[[ $(find "$BPFFS/libxdp" -type f) == "$BPFFS/libxdp/xdp_stats_map" ]]
	frames_send 6
	run -0 "$STATS" --map "$BPFFS/libxdp/xdp_stats_map" --once
	[[ $output =~ \ 6\ + ]]
}

# Both tools say what they have found, and change nothing.
both_refuse() { # TEXT PATH
	refused 40 "$1" "$CTL" --map "$2" -u 1 2
	[[ $output == *"${2::40}"* ]]
	refused 40 "$1" "$CTL" --map "$2" --get
	[[ $output == *"${2::40}"* ]]
	refused 40 "$1" "$STATS" --map "$2" --once
	[[ $output == *"${2::40}"* ]]
}

@test "a pin that is not a map, and a path that is not a pin, are named for what they are" {
	pair_make
	bpftool prog load "$SURFACE" "$BPFFS/program" type xdp
	both_refuse "$BPFFS/program: it is a program" "$BPFFS/program"
	if kernel_is 5.9; then # bpf_link for XDP
		attach_by_link "$BPFFS/program" va "$BPFFS/link"
		both_refuse "$BPFFS/link: it is a link" "$BPFFS/link"
	fi
	mkdir "$BPFFS/folder"
	both_refuse "$BPFFS/folder: it is a directory" "$BPFFS/folder"
	both_refuse "$BATS_TEST_FILENAME: it is not in a BPF filesystem" "$BATS_TEST_FILENAME"
	both_refuse "/dev/null: it is not in a BPF filesystem" /dev/null
	refused 40 "$BPFFS/nothing: nothing is pinned there" "$CTL" --map "$BPFFS/nothing" --get
	refused 40 "$BPFFS/nothing: there is no such pin" "$STATS" --map "$BPFFS/nothing" --once
}

@test "a path that is too long, goes through a file, or has a dot in it" {
	pair_make
	"$CTL" -q -d va
	long=$BPFFS/$(printf 'x%.0s' {1..5000})
	refused 40 "longer than 4095 bytes" "$STATS" --map "$long" --once
	refused 40 "longer than 4095 bytes" "$CTL" --map "$long" --get
	both_refuse "File name too long" "$BPFFS/$(printf 'x%.0s' {1..300})"
	both_refuse "Not a directory" "$BPFFS/va/maps_control/more"
	both_refuse "a BPF filesystem has no '.' in its names, and '_' stands for it" "$BPFFS/va/maps.control"
	# The way there may have dots.
	run -0 "$CTL" --map "$BPFFS/./va/../va/maps_control" --get
}

@test "a map of another shape: each difference with both values, and nothing is written" {
	pair_make
	bpftool map create "$BPFFS/other" type hash key 8 value 4 entries 3 name other
	for use in "-u 1 2" --get; do
		# shellcheck disable=SC2086 # words
		refused 40 "it is a map of type hash, and a control map is one of type array" "$CTL" --map "$BPFFS/other" $use
		[[ $output == *"the key size is 8, and in a control map it is 4"*"the value size is 4, and in a control map it is 12"* ]]
		[[ $output == *"the number of entries is 3, and in a control map it is 2"* ]]
	done
	bpftool map create "$BPFFS/lockless" type array key 4 value 12 entries 2 name lockless
	refused 40 "its values have no lock" "$CTL" --map "$BPFFS/lockless" -u 1 2
	[[ $(bpftool -j map lookup pinned "$BPFFS/lockless" key 0 0 0 0 | jq -c '.value | unique') == '["0x00"]' ]]
	bpftool prog load "$OBJECTS/maps_layout.o" "$BPFFS/program" type xdp pinmaps "$BPFFS/maps"
	refused 40 "its values have other members" "$CTL" --map "$BPFFS/maps/quota" -u 1 2
	"$CTL" -q -d va
	refused 40 "a map of counters is one of type percpu_array" "$STATS" --map "$BPFFS/va/maps_control" --once
	refused 40 "a control map is one of type array" "$CTL" --map "$BPFFS/va/xdp_stats_map" -u 1 2
}

@test "a stranger's map where the control map is to be: nothing is loaded" {
	pair_make
	mkdir "$BPFFS/va"
	bpftool map create "$BPFFS/va/maps_control" type array key 4 value 4 entries 1 name maps_control
	refused 40 "value size is 4 in the pinned map and 12 in the object" "$CTL" -d va -u 1 2
	[[ $output == *"load with --force to replace the maps that differ" && $(attached_id va) == none ]]
	run -0 "$CTL" -d va --force -u 1 2
	[[ ${lines[-2]} == "wrote value1:1 value2:2" ]]
}
