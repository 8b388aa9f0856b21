#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: listing pins, and removing them without what is attached.
load helpers

bats_require_minimum_version 1.5.0
setup() { make_pair; }

@test "--unpin removes pins, and the program keeps running" {
	"$LOADER" -q -d v0
	id=$(attached_id v0)
	run -0 "$LOADER" -d v0 --unpin --maps-only
	[[ $output == *"1 map and 0 programs"* ]]
	[[ ! -e $BPFFS/v0/xdp_stats_map && -e $BPFFS/v0/programs/xdp_pass_func ]]
	"$LOADER" -q -d v0
	run -0 "$LOADER" -d v0 --unpin --programs-only
	[[ -e $BPFFS/v0/xdp_stats_map && ! -e $BPFFS/v0/programs ]]
	run -0 "$LOADER" -d v0 --unpin
	[[ ! -e $BPFFS/v0 && $(attached_id v0) != none ]]
}

@test "--unpin works for a device that no longer exists" {
	"$LOADER" -q -d v0
	ip link del v0
	run -0 "$LOADER" -d v0 --unpin
	[[ ! -e $BPFFS/v0 ]]
	refused 1 "could not find device v0" "$LOADER" -d v0 --unload-all
}

@test "--list says what is pinned for a device, and that it is live, and changes nothing" {
	"$LOADER" -q -d v0
	before=$(state)
	run -0 "$LOADER" -d v0 --list
	echo "$output"
	[[ ${lines[0]} == "v0: xdp_pass_func (id $(attached_id v0)) attached in native mode"* ]]
	[[ ${lines[-2]} =~ map\ +xdp_stats_map\ +id\ $(pinned_map "$BPFFS/v0/xdp_stats_map")\ +percpu_array\ +key\ 4\ B,\ value\ 16\ B,\ 5\ entries\ +live ]]
	[[ ${lines[-1]} =~ program\ +xdp_pass_func\ +id\ $(attached_id v0)\ +(xdp|ext).*live ]] # ext: behind a dispatcher
	[[ $(state) == "$before" ]]
}

@test "--list tells stale pins from live ones" {
	"$LOADER" -q -d v0
	ip link set v0 xdp off
	run -0 "$LOADER" -d v0 --list
	[[ ${lines[0]} == "v0: no XDP program attached" ]]
	[[ ${lines[1]} == *stale && ${lines[2]} == *stale ]]
}

@test "--list of all: devices here, gone ones, and those of named network namespaces" {
	make_pair eth0.100 v3
	ip netns add inner
	ip link add v4 type veth peer name veth0 netns inner
	"$LOADER" -q -d v0
	"$LOADER" -q -d eth0.100
	"$LOADER" -q --netns inner -d veth0
	make_pair v5 v6
	"$LOADER" -q -d v5
	ip link del v5
	mkdir "$BPFFS/nothing_of_ours"
	run -0 "$LOADER" --list
	echo "$output"
	[[ $output == *"eth0.100: xdp_pass_func"*"inner/veth0: xdp_pass_func"*"v0: xdp_pass_func"*"v5: no such device"* ]]
	[[ $output != *nothing_of_ours* ]]
	run -0 "$LOADER" --list --netns inner
	[[ $output == "inner/veth0: "* && $output != *v0:\ xdp*v0:* ]]
	ip netns del inner
	run -0 "$LOADER" --list
	[[ $output == *"inner/veth0: no such network namespace"* ]]
}

@test "--unpin of maps or of programs removes those alone, and the attached program keeps running" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	id=$(attached_id v0)
	run -0 "$LOADER" -d v0 --unpin --programs-only
	[[ $output == *"0 maps and 1 program"* && $(find "$BPFFS/v0" -type f | wc -l) == 4 ]]
	[[ $(attached_id v0) == "$id" ]]
	run -0 "$LOADER" -d v0 --unpin --maps-only
	[[ $output == *"4 maps and 0 programs"* && ! -e $BPFFS/v0 ]]
	[[ $(attached_id v0) == "$id" ]]
	bpftool -j prog show id "$id" | jq -e '.map_ids | length == 4' # which it still has
	run -0 "$LOADER" -q -d v0 --unpin
	[[ -z $output ]]
}

@test "--unpin removes what devices of a deleted network namespace have left" {
	ip netns add inner
	ip link add v5 type veth peer name veth0 netns inner
	"$LOADER" -q --netns inner -d veth0
	ip netns del inner
	refused 1 "could not enter network namespace inner" "$LOADER" --netns inner -d veth0 --unload
	refused 1 "could not enter network namespace inner" "$LOADER" --netns inner -d veth1 --unpin
	run -0 "$LOADER" --netns inner -d veth0 --unpin
	[[ $output == *"1 map and 1 program"* && ! -e $BPFFS/netns-inner ]]
}

@test "--unpin where nothing is pinned is done at once, and leaves no directory" {
	run -0 "$LOADER" -d nodevice --unpin
	[[ $output == *"0 maps and 0 programs"* && ! -e $BPFFS/nodevice ]]
}

@test "--unpin names and leaves what is not one of our pins, and never a program of others on the device" {
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/folder"
	ip link set v0 xdp off
	id=$(foreign_program v0)
	run -0 "$LOADER" -d v0 --unpin
	[[ $output == *"$BPFFS/v0/folder is not one of our pins: left alone"* && -d $BPFFS/v0/folder ]]
	[[ $(attached_id v0) == "$id" && -e $BPFFS/theirs ]]
}

@test "--list changes nothing, with leftovers of a killed load and pins of others there" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	mkdir -p "$BPFFS/v0/staged-pins" "$BPFFS/v0/folder"
	stranger_map "$BPFFS/v0/staged-pins/half"
	stranger_map "$BPFFS/v0/strange"
	before=$(state)
	run -0 "$LOADER" --list
	echo "$output"
	[[ $output =~ strange\ .*stale && $output =~ folder\ +not\ ours ]]
	(($(grep -vc '^  attached' <<<"$output") == 8)) # the device, 4 maps, and the stranger's, the program, the folder
	[[ $(state) == "$before" ]]
}

@test "--list gives each map's type and sizes as the kernel has them" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	run -0 "$LOADER" -d v0 --list
	echo "$output"
	for map in xdp_stats_map second_map others_map loader_t_rodata; do
		read -r id type key value entries < <(bpftool -j map show pinned "$BPFFS/v0/$map" |
			jq -r '"\(.id) \(.type) \(.bytes_key) \(.bytes_value) \(.max_entries)"')
		[[ $output =~ map\ +$map\ +id\ $id\ +$type\ +key\ $key\ B,\ value\ $value\ B,\ $entries\ entries\ +live ]]
	done
}

@test "--list says which maps the attached program does not use any more" {
	"$LOADER" -q -d v0
	counters=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	stranger_map "$BPFFS/v0/strange"
	run -0 "$LOADER" -d v0 --list
	echo "$output"
	[[ $output =~ map\ +strange\ .*stale && $output =~ xdp_stats_map\ +id\ $counters\ .*live ]]
}

@test "--list shows somebody else's program, and a device for which nothing is pinned" {
	id=$(foreign_program v0 xdpgeneric)
	run -0 "$LOADER" -d v0 --list
	[[ ${lines[0]} == "v0: xdp_pass_func (id $id) attached in skb mode" ]]
	[[ ${lines[1]} =~ attached\ xdp_pass_func\ +id\ $id\ +tag\ [0-9a-f]{16}\ +not\ ours$ ]]
	[[ ${lines[2]} == *"nothing is pinned" && ! -e $BPFFS/v0 ]]
	said=$output
	"$LOADER" -q -d v1
	run -0 "$LOADER" --list # also of all
	[[ $output == "v1: "*"$said" ]]
}

@test "--list of a device that is gone says so, and its pins are stale" {
	"$LOADER" -q -d v0
	ip link del v0
	run -0 "$LOADER" -d v0 --list
	[[ ${lines[0]} == "v0: no such device" && ${lines[1]} == *stale && ${lines[2]} == *stale ]]
}

@test "--list by one of two devices that go by one pin name does not take the other's pins for its own" {
	make_pair eth0.100 v3
	make_pair eth0_100 v5
	"$LOADER" -q -d eth0.100
	run "$LOADER" -d eth0_100 --list
	echo "$output"
	[[ $output == *eth0.100* && $output != *stale* ]]
}

@test "--list of all lists the others where one folder cannot be read" {
	mkdir "$BPFFS/a"
	stranger_map "$BPFFS/a/programs"
	"$LOADER" -q -d v0
	run "$LOADER" --list
	echo "$output"
	[[ $output == *"v0: xdp_pass_func"* ]]
}

@test "--list and --unpin take --pin-base" {
	"$LOADER" -q -d v0 --pin-base "$BPFFS/mine"
	run -0 "$LOADER" --list
	[[ $output == "v0: xdp_pass_func"*"not ours"*"nothing is pinned" ]]
	run -0 "$LOADER" --list --pin-base "$BPFFS/mine"
	[[ $output == "v0: xdp_pass_func"* ]]
	run -0 "$LOADER" -d v0 --unpin --pin-base "$BPFFS/mine"
	[[ ! -e $BPFFS/mine/v0 && $(attached_id v0) != none ]]
}

@test "--unpin and --list with --netns, of a namespace and a device that are gone, too" {
	ip netns add inner
	ip link add v4 type veth peer name veth0 netns inner
	"$LOADER" -q --netns inner -d veth0
	run -0 "$LOADER" --netns inner -d veth0 --list
	[[ $output == "inner/veth0: xdp_pass_func"* && $output != *stale* ]]
	run -0 "$LOADER" --netns inner -d veth0 --unpin --programs-only
	[[ $(find "$BPFFS/netns-inner" -type f) == "$BPFFS/netns-inner/veth0/xdp_stats_map" ]]
	ip link del v4
	run -0 "$LOADER" --netns inner -d veth0 --unpin
	[[ ! -e $BPFFS/netns-inner ]]
}

@test "--list --json: a line a device, valid by the schema: ours, others', gone, and renamed" {
	local list=$BATS_TEST_TMPDIR/list
	make_pair v2 v3
	make_pair v4 v5
	"$LOADER" -q -d v0
	"$LOADER" -q -d v4
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/linked" type xdp
	attach_by_link "$BPFFS/linked" v2 "$BPFFS/link"
	theirs=$(foreign_program v3 xdpgeneric)
	mkdir "$BPFFS/v0/folder"
	ip link set v0 down
	ip link set v0 name renamed
	ip link del v4
	run -0 --separate-stderr "$LOADER" --list --json
	echo "$output" | tee "$list"
	assert_valid xdp_loader "$list"
	[[ $(jq -c '[.device, .mode, .pinned_as, .ifindex == null]' "$list" | sort | xargs) == \
		"[renamed,native,v0,false] [v2,native,null,false] [v3,skb,null,false] [v4,null,null,true]" ]]
	jq -se --arg id "$theirs" 'map(select(.device == "v3"))[0].attached[0] | .id == ($id | tonumber) and .pin == null and .link == null' "$list"
	jq -se 'map(select(.device == "v2"))[0].attached[0].link > 0' "$list"
	jq -se --arg path "$BPFFS/v0" 'map(select(.device == "renamed"))[0] | .directory == $path and .others == [$path + "/folder"] and
		.attached[0].pin == $path + "/programs/xdp_pass_func" and .programs[0].live and .maps[0].live and .maps[0].entries == 5' "$list"
	jq -se 'map(select(.device == "v4"))[0] | .maps[0].live == false and .attached == []' "$list"
	run -0 "$LOADER" --list
	[[ $output == *"not ours, by bpf_link "* ]]
	refused 2 "--json" "$LOADER" -d v2 --json
}

@test "--list reads only: a BPF filesystem that is mounted read-only will do" {
	"$LOADER" -q -d v0
	mount -o remount,ro,bind "$BPFFS"
	run -0 "$LOADER" --list
	[[ $output == "v0: xdp_pass_func"*live*live ]]
	run -0 "$LOADER" -d v0 --list --json
}

@test "--clean removes the pins of devices that are gone, in each network namespace, and no others" {
	make_pair v2 v3
	ip netns add blue
	ip netns add red
	for name in blue red; do
		ip link add ve netns "$name" type veth peer name vf netns "$name"
		"$LOADER" -q --netns "$name" -d ve
	done
	run -0 "$LOADER" --clean
	[[ $output == "nothing to clean: "* ]]
	for device in v0 v2 v3; do "$LOADER" -q -d "$device"; done
	ip link del v2
	ip netns exec blue ip link del ve
	ip netns del red
	mkdir "$BPFFS/others"
	stranger_map "$BPFFS/others/map"
	run -0 "$LOADER" --clean
	[[ $output == *"v2: removed the pins of 1 map and 1 program"* && $output == *"v3: removed"* && $output == *"blue/ve: removed"* ]]
	[[ $output == *"left the pins of 1 device of network namespaces that are not here"*"--force removes them too"* ]]
	[[ ! -e $BPFFS/v2 && ! -e $BPFFS/v3 && ! -e $BPFFS/netns-blue && -e $BPFFS/netns-red/ve ]]
	run -0 "$LOADER" --clean --force
	[[ ! -e $BPFFS/netns-red && -e $BPFFS/others/map && -e $BPFFS/v0/xdp_stats_map && $(attached_id v0) != none ]]
	refused 2 "leave --dev out" "$LOADER" -d v0 --clean
}

@test "--pin pins what is attached again: what is missing, and all of it with --force" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/objects/globals.o"
	map=$(pinned_map "$BPFFS/v0/xdp_stats_map") before=$(pins -type f)
	"$LOADER" -q -d v0 --unpin --maps-only
	run -0 "$LOADER" -d v0 --pin
	[[ $output == "v0: pinned entry (id $(attached_id v0)) and its maps in $BPFFS/v0" ]]
	[[ $(pins -type f) == "$before" && $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$map" ]]
	"$LOADER" -q -d v0 --pin --pin-mode 0640
	[[ $(stat -c %a "$BPFFS/v0/xdp_stats_map") == 640 ]]
	"$LOADER" -q -d v0 --unpin
	refused 30 "(entry) of v0: nothing says that it is ours; give --force" "$LOADER" -d v0 --pin
	"$LOADER" -q -d v0 --pin --force
	[[ $(pins -type f) == "$before" && -L $BPFFS/v0/owner ]]
	run -0 "$LOADER" -d v0 --list
	[[ $output != *stale* && $output != *"not ours"* ]]
	"$LOADER" -q -d v0 --filename "$OBJECTS/objects/long_names.o"
	"$LOADER" -q -d v0 --unpin
	refused 40 "could not tell map a_map_of_packets_that_were_" "$LOADER" -d v0 --pin --force
	"$LOADER" -q -d v0 --unload-all --force
	refused 30 "no XDP program is" "$LOADER" -d v0 --pin
}

@test "--unpin does not empty the prog array of an attached program" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/objects/tail_calls.o"
	refused 40 "without a pin the kernel empties it, and the tail calls of entry, which is attached to v0, would end" \
		"$LOADER" -d v0 --unpin
	refused 40 "without a pin" "$LOADER" -d v0 --unpin --maps-only
	"$LOADER" -q -d v0 --unpin --programs-only
	"$LOADER" -q -d v0 --pin --force
	"$LOADER" -q -d v0 --unpin --force
	[[ $(attached_id v0) != none && ! -e $BPFFS/v0 ]]
}
