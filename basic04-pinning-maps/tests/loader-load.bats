#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: loading, replacing, reusing maps.
load helpers

bats_require_minimum_version 1.5.0
setup() { make_pair; }

# The kernel frees what nobody holds any more a moment later.
is_gone() { # prog|map ID
	local try
	for ((try = 0; try < 100; try++)); do
		bpftool "$1" show id "$2" >/dev/null 2>&1 || return 0
		sleep 0.05
	done
	echo "$1 $2 is still there" && return 1
}

@test "load attaches in native mode and pins the map and the program" {
	run -0 "$LOADER" -d v0
	[[ $(attached_mode v0) == xdp ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
	map=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	bpftool -j prog show id "$(attached_id v0)" | jq -e ".map_ids == [$map]"
	[[ $(stat -c %a "$BPFFS/v0/xdp_stats_map") == 600 ]]
	[[ $(find "$BPFFS/v0" | wc -l) == 5 ]] # the folder, owner, programs/, and the two pins
}

@test "the map is laid out by the contract" {
	"$LOADER" -q -d v0
	bpftool -j map show pinned "$BPFFS/v0/xdp_stats_map" |
		jq -e '.type == "percpu_array" and .bytes_key == 4 and .bytes_value == 16 and .max_entries == 5'
}

@test "load says in at most five lines what was done, and nothing with --quiet" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	run -0 "$LOADER" -d v0
	echo "$output"
	((${#lines[@]} == 5))
	[[ ${lines[0]} == "v0: attached xdp_pass_func (id $(attached_id v0)) in native mode"* ]]
	[[ ${lines[1]} == "v0: it replaces two_maps (id "* ]]
	[[ $output == *"1 new"*"removed 3 stale map pins"*"pinned in $BPFFS/v0" ]]
	run -0 "$LOADER" --quiet -d v0
	[[ -z $output ]]
}

@test "load replaces our own program, and there is never a second copy" {
	local ids=() id
	for program in xdp_pass_func xdp_drop_func xdp_abort_func xdp_tx_func xdp_pass_func; do
		"$LOADER" -q -d v0 --progname "$program"
		ids+=("$(attached_id v0)")
		[[ $(bpftool -j prog show id "$(attached_id v0)" | jq -r .name) == "$program" ]]
		[[ $(ls "$BPFFS/v0/programs") == "$program" ]]
	done
	"$LOADER" -q -d v0 --unload-all
	for id in "${ids[@]}"; do
		is_gone prog "$id"
	done
}

@test "a load of before is gone when the new one is there: maps are new" {
	"$LOADER" -q -d v0
	before=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	"$LOADER" -q -d v0
	after=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	[[ $before != "$after" ]]
	is_gone map "$before"
}

@test "--reuse-maps goes on with the pinned map and its counters" {
	"$LOADER" -q -d v0
	before=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	run -0 "$LOADER" -d v0 -M --progname xdp_drop_func
	[[ $output == *"0 new"*"1 reused"* ]]
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$before" ]]
	bpftool -j prog show id "$(attached_id v0)" | jq -e ".map_ids == [$before]"
}

@test "--reuse-maps makes the maps that are not pinned, and reuses the others" {
	"$LOADER" -q -d v0
	before=$(pinned_map "$BPFFS/v0/xdp_stats_map")
	run -0 "$LOADER" -d v0 -M --filename "$OBJECTS/loader_two_maps.o"
	[[ $output == *"3 new"*"1 reused"* ]]
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$before" ]]
	[[ -e $BPFFS/v0/second_map && -e $BPFFS/v0/others_map ]]
}

@test "--reuse-maps on a device that nothing is pinned for makes new maps" {
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"1 new"* ]]
}

@test "--reuse-maps refuses a map of another shape, names each difference, changes nothing" {
	"$LOADER" -q -d v0
	refused 40 "type is percpu_array in the pinned map and array in the object" \
		"$LOADER" -d v0 -M --filename "$OBJECTS/loader_other_shape.o" --progname other_shape
	[[ $output == *"value size is 16 in the pinned map and 8"* ]]
	[[ $output == *"entries is 5 in the pinned map and 7"* ]]
	[[ $output == *"--force"* && $output != *"key size"* ]]
}

@test "--reuse-maps --force replaces the map that differs, and says that its data is gone" {
	"$LOADER" -q -d v0
	run -0 "$LOADER" -d v0 -M --force --filename "$OBJECTS/loader_other_shape.o" --progname other_shape
	[[ $output == *"is gone"* ]]
	bpftool -j map show pinned "$BPFFS/v0/xdp_stats_map" | jq -e '.type == "array"'
}

@test "the program's constants are never another load's, even with --reuse-maps" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	[[ -e $BPFFS/v0/loader_t_rodata ]]
	before=$(pinned_map "$BPFFS/v0/loader_t_rodata")
	second=$(pinned_map "$BPFFS/v0/second_map")
	"$LOADER" -q -d v0 -M --filename "$OBJECTS/loader_two_maps.o"
	bpftool -j map show pinned "$BPFFS/v0/loader_t_rodata" | jq -e ".id != $before"
	[[ $(pinned_map "$BPFFS/v0/second_map") == "$second" ]]
}

@test "pins of maps that the new object no longer has go away" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	[[ -e $BPFFS/v0/second_map && -e $BPFFS/v0/others_map ]]
	"$LOADER" -q -d v0 -M
	[[ $(find "$BPFFS/v0" -type f | sort) == "$BPFFS/v0/programs/xdp_pass_func
$BPFFS/v0/xdp_stats_map" ]]
}

@test "what somebody else has pinned in our directory stays" {
	"$LOADER" -q -d v0
	bpftool map create "$BPFFS/v0/strange" type array key 4 value 4 entries 1 name strange
	mkdir "$BPFFS/v0/folder"
	"$LOADER" -q -d v0 --progname xdp_drop_func
	[[ -e $BPFFS/v0/strange && -e $BPFFS/v0/folder ]]
}

@test "a map is pinned by the contract also where the object wants it elsewhere" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o" --progname with_others
	[[ -e $BPFFS/v0/others_map && ! -e $BPFFS/others_map ]]
}

@test "the built-in object needs no file" {
	cd "$(mktemp -d -p "$BATS_TEST_TMPDIR")"
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=%file "$LOADER" -q -d v0
	[[ $(attached_mode v0) == xdp ]]
	run grep -E '[^r]\.o"' "$BATS_TEST_TMPDIR/calls" # libxdp reads its own xdp-dispatcher.o
	[[ -z $output ]]
}

@test "--skb-mode, --native-mode: the mode changes in one command and is read back" {
	run -0 "$LOADER" -d v0 -S
	[[ $output == *"in skb mode"* && $(attached_mode v0) == xdpgeneric ]]
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"in native mode"* && $(attached_mode v0) == xdp ]]
	run -0 "$LOADER" -d v0 -M --skb-mode
	[[ $output == *"in skb mode"* && $(attached_mode v0) == xdpgeneric ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "--auto-mode: native where the driver can, skb where it cannot, else as it was" {
	run -0 "$LOADER" -d v0 -A
	[[ $(attached_mode v0) == xdp ]]
	ip link add br0 type bridge
	run -0 "$LOADER" -d br0 -A
	[[ $output == *"in skb mode"* && $(attached_mode br0) == xdpgeneric ]]
	"$LOADER" -q -d v0 -S
	"$LOADER" -q -d v0 -A
	[[ $(attached_mode v0) == xdpgeneric ]]
}

@test "native mode that the driver has not: says why, names the other modes, changes nothing" {
	ip link add br0 type bridge
	refused 30 "does not support XDP in native mode" "$LOADER" -d br0
	[[ $output == *--auto-mode* && $output == *--skb-mode* ]]
}

@test "native mode that the MTU forbids: says why, and the program of before runs on" {
	"$LOADER" -q -d v0 -S
	ip link set v1 mtu 9000
	refused 30 "MTU is too large" "$LOADER" -d v0 --filename "$LESSON/xdp_prog_kern.o"
	[[ $output == *--auto-mode* && $output == *--skb-mode* ]]
	[[ $(attached_mode v0) == xdpgeneric ]]
}

@test "a program of somebody else is replaced with --force only" {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	bpftool net attach xdpdrv pinned "$BPFFS/theirs" dev v0
	theirs=$(attached_id v0)
	refused 30 "program $theirs (xdp_pass_func), which is not ours" "$LOADER" -d v0
	run -0 "$LOADER" -d v0 --force
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
	[[ $(attached_id v0) != "$theirs" && $(pinned_program "$BPFFS/theirs") == "$theirs" ]]
}

@test "something other than a map is at the map's path: nothing is changed" {
	mkdir -p "$BPFFS/v0/xdp_stats_map"
	refused 40 "$BPFFS/v0/xdp_stats_map is there, and is not one of our pins" "$LOADER" -d v0
}

@test "a program that the verifier refuses: its log, exit 40, and the old program runs on" {
	"$LOADER" -q -d v0
	refused 40 "could not load program out_of_bounds" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_other_shape.o" --progname out_of_bounds
	[[ $output == *"invalid access to packet"* ]]
}

@test "what the libraries say is printed with --verbose only" {
	run -0 --separate-stderr "$LOADER" -d v0
	[[ -z $stderr ]]
	run -0 --separate-stderr "$LOADER" -d v0 -v
	[[ $stderr == *"libbpf:"* ]]
}

@test "twenty loads at once: the last one's program and pins belong together" {
	for i in {1..20}; do
		programs=(xdp_pass_func xdp_drop_func)
		"$LOADER" -q -d v0 --lock-timeout 120 --progname "${programs[i % 2]}" &
		jobs[i]=$!
	done
	for i in {1..20}; do
		wait "${jobs[i]}"
	done
	[[ $(pinned_program "$BPFFS"/v0/programs/*) == "$(attached_id v0)" ]]
	[[ ! -e $BPFFS/v0/staged-pins ]]
}

@test "loads and unloads at once end in one state or the other, whole" {
	for i in {1..20}; do
		if ((i % 2)); then "$LOADER" -q -d v0 & else "$LOADER" -q -d v0 --unload-all & fi
	done
	wait
	if [[ $(attached_id v0) == none ]]; then
		[[ ! -e $BPFFS/v0 ]]
	else
		[[ $(pinned_program "$BPFFS"/v0/programs/*) == "$(attached_id v0)" ]]
	fi
}

@test "new maps count from zero, reused ones keep their counts" {
	"$LOADER" -q -d v0
	run_program v0 7
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 7 ]]
	"$LOADER" -q -d v0 --reuse-maps --progname xdp_drop_func
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 7 ]]
	run_program v0 5
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 12 ]]
	"$LOADER" -q -d v0
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 0 ]]
}

@test "--reuse-maps names every field of a map that differs, and changes nothing" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	refused 40 "type is array in the pinned map and hash in the object" \
		"$LOADER" -d v0 -M --filename "$OBJECTS/loader_differs.o"
	[[ $output == *"key size is 4 in the pinned map and 8 in the object"* ]]
	[[ $output == *"value size is 8 in the pinned map and 2 in the object"* ]]
	[[ $output == *"entries is 4 in the pinned map and 9 in the object"* ]]
	[[ $output == *"flags is 0 in the pinned map and 1 in the object"* ]]
	[[ $output == *"$BPFFS/v0/second_map"* && $output != *xdp_stats_map* ]]
}

@test "--reuse-maps compares what is in keys and values, by BTF, where the sizes are the same" {
	mkdir "$BATS_TEST_TMPDIR/other"
	cp "$OBJECTS/loader_layout.o" "$BATS_TEST_TMPDIR/layout.o"
	cp "$OBJECTS/loader_other_layout.o" "$BATS_TEST_TMPDIR/other/layout.o" # and so do its variables' maps
	"$LOADER" -q -d v0 --filename "$BATS_TEST_TMPDIR/layout.o"
	refused 40 "BTF of the key is 'struct { first: u32 at 0 }' in the pinned map and 'struct { other: u32 at 0 }' in the object" \
		"$LOADER" -d v0 -M --filename "$BATS_TEST_TMPDIR/other/layout.o"
	[[ $output == *"BTF of the value is 'struct { packets: u64 at 0, bytes: u64 at 8 }' in the pinned map and 'struct { bytes: u64 at 0, packets: u64 at 8 }' in the object"* ]]
	[[ $output == *"BTF of the value is 'variables { packets: u32 at 0 }' in the pinned map and 'variables { bytes: u32 at 0 }' in the object"* ]]
	run -0 "$LOADER" -d v0 -M --filename "$BATS_TEST_TMPDIR/layout.o"
	[[ $output == *"0 new"*"2 reused"* ]]
}

@test "--reuse-maps --force replaces the one map that differs, and no other" {
	"$LOADER" -q -d v0 --filename "$OBJECTS/loader_two_maps.o"
	run_program v0 3
	counters=$(pinned_map "$BPFFS/v0/xdp_stats_map") second=$(pinned_map "$BPFFS/v0/second_map")
	run -0 "$LOADER" -d v0 -M --force --filename "$OBJECTS/loader_differs.o"
	[[ $output == *"second_map is new"* && $output == *"1 new"*"1 reused"* ]]
	bpftool -j map show pinned "$BPFFS/v0/second_map" | jq -e ".type == \"hash\" and .id != $second"
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$counters" ]]
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 3 ]]
}

@test "global variables: maps with dots in their names; --reuse-maps keeps all but the constants" {
	local own=() section
	run -0 "$LOADER" -d v0 --filename "$OBJECTS/loader_sections.o"
	for section in rodata data bss; do
		own+=("$(pinned_map "$BPFFS/v0/loader_s_$section")")
	done
	run_program v0 4
	run -0 "$LOADER" -d v0 -M --filename "$OBJECTS/loader_sections.o"
	[[ $output == *"1 new"*"2 reused"* ]]
	bpftool -j map show pinned "$BPFFS/v0/loader_s_rodata" | jq -e ".id != ${own[0]}"
	[[ $(pinned_map "$BPFFS/v0/loader_s_data") == "${own[1]}" ]]
	[[ $(pinned_map "$BPFFS/v0/loader_s_bss") == "${own[2]}" ]]
	bpftool -j map dump pinned "$BPFFS/v0/loader_s_bss" | jq -e '.[0].value[0] == "0x04"'
	# What the constant says is returned.
	run_program v0 1 |
		jq -e '.retval == 2'
}

@test "a program that counts by libxdp's header is pinned by the contract, and nowhere else" {
	run -0 "$LOADER" -d v0 --filename "$OBJECTS/loader_libxdp.o"
	[[ -e $BPFFS/v0/xdp_stats_map && ! -e $BPFFS/xdp_stats_map ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/libxdp_counts")" ]]
	run_program v0 2
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 2 ]]
}

@test "a map of that name at the top of the BPF filesystem is neither used nor touched" {
	bpftool map create "$BPFFS/xdp_stats_map" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
	top=$(pinned_map "$BPFFS/xdp_stats_map")
	for reuse in "" --reuse-maps; do
		# shellcheck disable=SC2086
		"$LOADER" -q -d v0 $reuse --filename "$OBJECTS/loader_libxdp.o"
		ours=$(pinned_map "$BPFFS/v0/xdp_stats_map")
		((ours != top))
	done
	"$LOADER" -q -d v0 --unload-all
	[[ $(pinned_map "$BPFFS/xdp_stats_map") == "$top" ]]
}

@test "--direct attaches as the only program on the hook" {
	run -0 "$LOADER" -d v0 --direct
	[[ $output == *"directly"* ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "--native-mode is the default, and brings a program in skb mode back" {
	"$LOADER" -q -d v0 --skb-mode
	[[ $(attached_mode v0) == xdpgeneric ]]
	"$LOADER" -q -d v0 --native-mode
	[[ $(attached_mode v0) == xdp ]]
	"$LOADER" -q -d v0 -S
	"$LOADER" -q -d v0 -N
	[[ $(attached_mode v0) == xdp ]]
}

@test "a program that asks for hints is not tried in skb mode: native mode's reason is told, the old one stays" {
	local id
	needs_kernel 6.3 "hints"
	"$LOADER" -q -d v0 --direct
	ip link set v1 mtu 9000
	id=$(attached_id v0)
	for mode in --auto-mode --native-mode; do
		run -30 strace -f -qq -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto,sendmsg "$LOADER" -d v0 "$mode" \
			--filename "$OBJECTS/objects/hints.o"
		[[ $output == *"in native mode: veth: Peer MTU is too large"* && $output != *skb* && $output != *"put back"* ]]
		[[ $(grep -c RTM_SETLINK "$BATS_TEST_TMPDIR/calls") == 1 && $(attached_id v0) == "$id" ]]
	done
}

@test "--auto-mode takes skb mode where the MTU forbids the native one" {
	ip link set v1 mtu 9000
	run -0 "$LOADER" -d v0 --auto-mode --filename "$LESSON/xdp_prog_kern.o"
	[[ $output == *"in skb mode"* && $(attached_mode v0) == xdpgeneric ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "a change of mode that fails puts our program and somebody else's back" {
	ip link add br0 type bridge
	"$LOADER" -q -d br0 -S
	refused 30 "native mode" "$LOADER" -d br0 -N
	[[ $(attached_mode br0) == xdpgeneric ]]
	"$LOADER" -q -d br0 --unload-all
	foreign_program br0 xdpgeneric
	refused 30 "native mode" "$LOADER" -d br0 -N --force
	[[ $(attached_mode br0) == xdpgeneric ]]
}

@test "somebody else's program in skb mode is in the way of a native load, too" {
	theirs=$(foreign_program v0 xdpgeneric)
	refused 30 "program $theirs (xdp_pass_func), which is not ours" "$LOADER" -d v0
	refused 30 "--force" "$LOADER" -d v0 --auto-mode
	run -0 "$LOADER" -d v0 --force
	[[ $(attached_mode v0) == xdp ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "a program by 'ip link set xdp' is somebody else's, also a copy of ours" {
	ip link set v0 xdpdrv object "$LESSON/xdp_prog_kern.o" program xdp_pass_func ||
		skip "ip cannot load BPF objects here"
	refused 30 "not ours" "$LOADER" -d v0
	refused 30 "not ours" "$LOADER" -d v0 --unload-all
}

@test "our program on one device is somebody else's on another" {
	"$LOADER" -q -d v0 --direct # a dispatcher's program runs nowhere else
	bpftool net attach xdpdrv pinned "$BPFFS/v0/programs/xdp_pass_func" dev v1
	refused 30 "not ours" "$LOADER" -d v1
	"$LOADER" -q -d v0 --unload-all
	[[ $(attached_id v0) == none && $(attached_id v1) != none ]]
}

@test "a program that a bpf_link holds is replaced with --force only, in any mode" {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	for mode in --native-mode --skb-mode; do
		attach_by_link "$BPFFS/theirs" v0 "$BPFFS/held"
		refused 30 "which is not ours" "$LOADER" -d v0 "$mode"
		run -0 "$LOADER" -d v0 "$mode" --force
		[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
		"$LOADER" -q -d v0 --unload-all
		rm "$BPFFS/held"
	done
}

@test "where a bpf_link holds our own program, the error says so, and --force detaches the link" {
	"$LOADER" -q -d v0 --direct
	ip link set v0 xdp off
	attach_by_link "$BPFFS/v0/programs/xdp_pass_func" v0 "$BPFFS/held"
	refused 30 "holds it" "$LOADER" -d v0 -M
	refused 30 "holds it" "$LOADER" -d v0 --unload
	run -0 "$LOADER" -d v0 -M --force
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "a forced load that fails leaves the program of a bpf_link where it was" {
	ip link add br0 type bridge
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	attach_by_link "$BPFFS/theirs" br0 "$BPFFS/held" skb
	refused 30 "native mode" "$LOADER" -d br0 --force
}

@test "a load waits for the lock of another one" {
	"$LOADER" -q -d v0
	before=$(attached_id v0)
	# Holds the lock until it is told to go, and never for long.
	mkfifo "$BATS_TEST_TMPDIR/go"
	mkdir -m 700 "$BPFFS/v0/writer-lock"
	timeout 60 flock "$BPFFS/v0/writer-lock" cat "$BATS_TEST_TMPDIR/go" 3>&- &
	holder=$!
	for _ in {1..500}; do
		flock --nonblock "$BPFFS/v0/writer-lock" true || break
	done
	"$LOADER" -q -d v0 --lock-timeout 60 --progname xdp_drop_func &
	load=$!
	wait_until_locked_out "$load"
	[[ $(attached_id v0) == "$before" ]]
	: >"$BATS_TEST_TMPDIR/go"
	wait "$holder" "$load"
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_drop_func")" ]]
}

# What a load leaves that is killed between pinning beside the live names and taking them.
stage_by_hand() {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/staged" type xdp pinmaps "$BPFFS/maps"
	mkdir -p "$BPFFS/v0/staged-pins/programs"
	mv "$BPFFS/maps/xdp_stats_map" "$BPFFS/v0/staged-pins/"
	mv "$BPFFS/staged" "$BPFFS/v0/staged-pins/programs/xdp_pass_func"
}

@test "what a killed load has staged, but not attached, goes; with what it has attached it ends" {
	"$LOADER" -q -d v0 --progname xdp_drop_func
	map=$(pinned_map "$BPFFS/v0/xdp_stats_map") program=$(attached_id v0)
	stage_by_hand
	run -30 "$LOADER" -d v0 --unload 4294967295
	[[ $output == *"repaired $BPFFS/v0"* && ! -e $BPFFS/v0/staged-pins ]]
	[[ $(attached_id v0) == "$program" && $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$map" ]]

	stage_by_hand
	map=$(pinned_map "$BPFFS/v0/staged-pins/xdp_stats_map")
	staged=$BPFFS/v0/staged-pins/programs/xdp_pass_func
	program=$(pinned_program "$staged")
	bpftool net attach xdpdrv pinned "$staged" dev v0 overwrite
	run -30 "$LOADER" -d v0 --unload 4294967295
	[[ $output == *"repaired $BPFFS/v0"* && ! -e $BPFFS/v0/staged-pins ]]
	[[ $(pinned_program "$BPFFS"/v0/programs/*) == "$program" && $(attached_id v0) == "$program" ]]
	[[ $(pinned_map "$BPFFS/v0/xdp_stats_map") == "$map" ]]
}
