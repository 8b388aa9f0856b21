#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# maps_ctl: what user space writes into the pinned map is what the program in the kernel reads.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic
load trace

CTL=$LESSON/maps_ctl
CONTROL=$BPFFS/va/maps_control

teardown() { jobs_end; }

# "VALUE1 VALUE2" of the pair, or of the element that switches tracing, as bpftool sees them.
values() { element "${1-$CONTROL}" 0; }
element() { # PATH KEY
	bpftool -j map lookup pinned "$1" key "$2" 0 0 0 | jq -r '.formatted.value | "\(.value1) \(.value2)"'
}

@test "it loads and attaches the program where it is not yet there, once, and pins its maps" {
	pair_make
	run -0 --separate-stderr "$CTL" -d va
	id=$(attached_id va)
	[[ ${lines[0]} == "(prog_info) id:$id name:xdp_maps_func mode:native map:$CONTROL" && -z $stderr ]]
	[[ ${lines[1]} == "now value1:0 value2:0" && ${lines[2]} == "trace:off unequal:0 (traces no packet)" ]]
	[[ $(attached_mode va) == xdp ]]
	for map in maps_control maps_unequal xdp_stats_map; do pinned_map "$BPFFS/va/$map"; done
	before=$(state)
	run -0 "$CTL" -d va
	[[ ${lines[0]} == "(prog_info) id:$id name:xdp_maps_func mode:native"* && $(state) == "$before" ]]
	frames_send 100
	run -0 "$STATS" -d va --once
	[[ $output =~ XDP_PASS\ +100\ + ]]
}

@test "--update prints what it finds and what it writes, and bpftool finds that" {
	pair_make
	run -0 "$CTL" -d va -u 1 2
	[[ ${lines[1]} == "found value1:0 value2:0" && ${lines[2]} == "wrote value1:1 value2:2" ]]
	[[ $(values) == "1 2" ]]
	run -0 "$CTL" -d va --update 4294967295 0xfFfFfFfE
	[[ ${lines[1]} == "found value1:1 value2:2" && ${lines[2]} == "wrote value1:4294967295 value2:4294967294" ]]
	[[ $(values) == "4294967295 4294967294" ]]
	run -0 "$CTL" -q -d va -u 007 0
	[[ -z $output && $(values) == "7 0" ]]
	run -0 "$CTL" -d va --get
	[[ ${lines[0]} == "now value1:7 value2:0" ]]
}

@test "options come in any order, --skb-mode with --update too; the mode is read back" {
	pair_make
	run -0 "$CTL" -u 1 2 -S -d va
	[[ ${lines[0]} == *" mode:skb "* && $(attached_mode va) == xdpgeneric && $(values) == "1 2" ]]
	run -0 "$CTL" -d va -u 3 4
	[[ ${lines[0]} == *" mode:skb "* && $(attached_mode va) == xdpgeneric ]]
	run -0 "$CTL" --native-mode -u 5 6 --trace off -d va
	[[ ${lines[0]} == *" mode:native "* && ${lines[1]} == "found value1:3 value2:4" ]]
	[[ $(attached_mode va) == xdp && $(values) == "5 6" ]]
	run -0 "$CTL" -S --update 7 8 --dev va
	[[ $(attached_mode va) == xdpgeneric && $(values) == "7 8" ]]
}

@test "a value that is no unsigned number of 32 bits, or is missing, exits 2, and nothing is done" {
	pair_make
	for wrong in "abc 1" "1 abc" "-1 2" "1 -2" "+1 2" "4294967296 1" "1 0x100000000" "0x 1" "1 0xg" "1.5 2" "1e3 2"; do
		# shellcheck disable=SC2086 # two words
		refused 2 "give two numbers from 0 to 4294967295" "$CTL" -d va -u $wrong
	done
	refused 2 "'' is not a value" "$CTL" -d va -u "" 1
	refused 2 "' 1' is not a value" "$CTL" -d va -u " 1" 1
	refused 2 "--update needs two values" "$CTL" -d va -u 1
	refused 2 "-u needs a value" "$CTL" -d va -u
	refused 2 "'-S' is not a value" "$CTL" -d va -u 1 -S
	refused 2 "'3' is too much" "$CTL" -d va -u 1 2 3
	[[ $(attached_id va) == none ]]
	"$CTL" -q -d va -u 8 9
	refused 2 "give two numbers" "$CTL" -d va -u 1 x
	[[ $(values) == "8 9" ]]
}

@test "--help, --version, and options that it does not have or that do not go together" {
	for option in -h --help; do
		run -0 --separate-stderr "$CTL" "$option"
		[[ $output == "Usage: maps_ctl"* && -z $stderr ]]
	done
	for option in -d -u -g -r -S -q -v -V -h --map --trace --json --netns; do [[ $output == *" $option"* ]]; done
	run -0 "$CTL" -V
	[[ $output == "maps_ctl "*libbpf* ]]
	refused 2 "Give either --dev or --map" "$CTL"
	refused 2 "Give either --dev or --map" "$CTL" -d va --map "$CONTROL"
	refused 2 "--bogus is not an option of maps_ctl" "$CTL" -d va --bogus
	refused 2 "--get and --remove exclude each other" "$CTL" -d va -g -r
	refused 2 "--update does not go with --get" "$CTL" -d va -g -u 1 2
	refused 2 "--skb-mode does not go with --remove" "$CTL" -d va -r -S
	refused 2 "--skb-mode and --native-mode exclude each other" "$CTL" -d va -S -N
	refused 2 "goes with --dev" "$CTL" --map "$CONTROL" -S
	refused 2 "--pin-base goes with --dev" "$CTL" --map "$CONTROL" --pin-base /x
	refused 2 "--map does not go with --remove" "$CTL" --map "$CONTROL" -r
	refused 2 "'maybe' is not a value for --trace: give on or off" "$CTL" -d va --trace maybe
	refused 2 "is not a device name" "$CTL" -d a/b
	refused 1 "could not find device nowhere" "$CTL" -d nowhere
}

@test "--get and --json tell the same, and load nothing" {
	pair_make
	refused 40 "nothing is pinned there; 'maps_ctl -d va' loads the program" "$CTL" -d va -g
	"$CTL" -q -d va -u 3 4000000000
	run -0 --separate-stderr "$CTL" -d va -g --json
	[[ $(jq -c '[.schema, .pin, .values.value1, .values.value2, .trace, .unequal, .program]' <<<"$output") == \
		"[2,\"$CONTROL\",3,4000000000,false,0,null]" ]]
	[[ $(jq .map_id <<<"$output") == "$(pinned_map "$CONTROL")" ]]
	[[ $(jq -c '[.trace, .trace_next]' <<<"$output") == "[false,8]" ]]
	run -0 "$CTL" -d va --json -u 5 6
	[[ $(jq -c '[.found, .values, .program.id, .program.name, .program.mode]' <<<"$output") == \
		"[{\"value1\":3,\"value2\":4000000000},{\"value1\":5,\"value2\":6},$(attached_id va),\"xdp_maps_func\",\"native\"]" ]]
	run -0 "$CTL" -q -d va -g
	[[ ${lines[0]} == "now value1:5 value2:6" ]]
	run -1 bash -c "'$CTL' -d va -g >/dev/full"
}

@test "the program reads the map for each packet, and traces while it is told to" {
	local n
	n=$(trace_value)
	trace_begin
	pair_make
	"$CTL" -q -d va -u $((n + 1)) $((n + 2)) --trace off
	frames_send 3
	[[ $(trace_lines $((n + 1))) == 0 ]]
	run -0 "$CTL" -d va --trace on
	[[ ${lines[1]} == "now value1:$((n + 1)) value2:$((n + 2))" && ${lines[2]} == "trace:on unequal:3 (traces every packet)" ]]
	frames_send 3
	"$CTL" -q -d va -u $((n + 3)) $((n + 3))
	frames_send 2
	run -0 "$CTL" -d va --trace off -u $((n + 4)) $((n + 4))
	[[ ${lines[3]} == "trace:off unequal:6 (traces no packet)" ]]
	frames_send 2
	[[ $(trace_lines $((n + 1))) == 3 && $(trace_lines $((n + 3))) == 2 && $(trace_lines $((n + 4))) == 0 ]]
	grep -q "MAPS_SIMPLE: data->value1:$((n + 1)) data->value2:$((n + 2))\$" "$TRACE"
	run -0 "$STATS" -d va --once
	[[ $output =~ XDP_PASS\ +10\ + ]]
}

@test "after an update the next eight packets are traced without being asked, and how many are left is told" {
	local n
	n=$(trace_value)
	trace_begin
	pair_make
	run -0 "$CTL" -d va -u $((n + 1)) 8888
	[[ ${lines[3]} == "trace:8 unequal:0 (traces the next 8 packets)" && $(element "$CONTROL" 1) == "0 8" ]]
	frames_send 5
	[[ $(trace_lines $((n + 1))) == 5 ]]
	run -0 "$CTL" -d va --get
	[[ ${lines[1]} == "trace:3 unequal:5 (traces the next 3 packets)" ]]
	frames_send 2
	run -0 "$CTL" -d va
	[[ ${lines[2]} == "trace:1 unequal:7 (traces the next 1 packet)" ]]
	frames_send 10
	run -0 "$CTL" -d va --get
	[[ ${lines[1]} == "trace:off unequal:17 (traces no packet)" && $(trace_lines $((n + 1))) == 8 ]]
	grep -q "MAPS_SIMPLE: data->value1:$((n + 1)) data->value2:8888\$" "$TRACE"
	run -0 "$STATS" -d va --once
	[[ $output =~ XDP_PASS\ +17\ + ]]
}

@test "an update begins the eight again; --trace has the last word, and every packet stays every packet" {
	local n
	n=$(trace_value)
	trace_begin
	pair_make
	"$CTL" -q -d va -u $((n + 1)) 0
	frames_send 6
	"$CTL" -q --map "$CONTROL" -u $((n + 2)) 0
	frames_send 20
	[[ $(trace_lines $((n + 1))) == 6 && $(trace_lines $((n + 2))) == 8 ]]
	"$CTL" -q -d va -u $((n + 3)) 0
	run -0 "$CTL" -d va --trace off
	[[ ${lines[2]} == "trace:off "* ]]
	frames_send 3
	[[ $(trace_lines $((n + 3))) == 0 ]]
	"$CTL" -q -d va --trace on
	run -0 "$CTL" -d va -u $((n + 4)) 0
	[[ ${lines[3]} == "trace:on "*"(traces every packet)" ]]
	frames_send 20
	[[ $(trace_lines $((n + 4))) == 20 ]]
	run -0 "$CTL" -d va --json --get
	[[ $(jq -c '[.trace, .trace_next]' <<<"$output") == "[true,0]" ]]
}

# Until this many more packets have been counted.
packets_pass() { # COUNT
	local end=$(($(packets_in "$BPFFS/va/xdp_stats_map") + $1))
	until (($(packets_in "$BPFFS/va/xdp_stats_map") >= end)); do kill -0 "$TRAFFIC"; done
}

# With time between its system calls, for packets to come: older values must not use up the eight.
@test "under traffic exactly eight packets of each update are traced, and none that has seen older values" {
	local n i
	n=$(trace_value)
	trace_begin
	pair_make
	"$CTL" -q -d va
	traffic_start
	for ((i = 0; i < 10; i += 2)); do
		"$CTL" -q --map "$CONTROL" -u $((n + i)) 0 --trace off
		strace -qq -o /dev/null -e trace=bpf -e inject=bpf:delay_exit=20000 \
			"$CTL" -q --map "$CONTROL" -u $((n + i + 1)) 0
		packets_pass 100
	done
	traffic_end
	for ((i = 0; i < 10; i += 2)); do
		[[ $(trace_lines $((n + i))) == 0 && $(trace_lines $((n + i + 1))) == 8 ]]
	done
}

@test "an older maps_ctl or program, that knows nothing of the eight, finds the map as it knows it" {
	pair_make
	"$CTL" -q -d va -u 1 2
	# What it writes for on and off: the second value is 0.
	bpftool map update pinned "$CONTROL" key 1 0 0 0 value 0 0 0 0 1 0 0 0 0 0 0 0
	run -0 "$CTL" -d va --get
	[[ ${lines[1]} == "trace:on unequal:0 (traces every packet)" ]]
	bpftool map update pinned "$CONTROL" key 1 0 0 0 value 0 0 0 0 0 0 0 0 0 0 0 0
	run -0 "$CTL" -d va --get
	[[ ${lines[1]} == "trace:off unequal:0 (traces no packet)" ]]
	# And a program from before goes on with the map, and this one with the map of that.
	"$CTL" -q -d va -r
	"$LOADER" -q -d va --filename "$OBJECTS/maps_before.o"
	"$CTL" -q -d va -u 3 4
	map=$(pinned_map "$CONTROL")
	"$LOADER" -q -d va -M --filename "$LESSON/maps_prog_kern.o"
	[[ $(pinned_map "$CONTROL") == "$map" && $(values) == "3 4" ]]
	frames_send 3
	run -0 "$CTL" -d va --get
	[[ ${lines[1]} == "trace:5 unequal:3 (traces the next 5 packets)" ]]
	"$LOADER" -q -d va -M --filename "$OBJECTS/maps_before.o"
	[[ $(pinned_map "$CONTROL") == "$map" && $(values) == "3 4" ]]
}

# The packets for which the program has read two values that differ.
unequal() { "$CTL" -d va -g --json | jq .unequal; }

# Updates of equal pairs from two processes, while packets flow: for three seconds, and without the
# lock until a torn pair was seen, or a minute.
hammer() { # [unlocked]
	local n
	"$CTL" -q -d va -u 0 0
	for n in 1 2; do
		"$OBJECTS/maps_hammer" "$CONTROL" "$@" >"$OUT.$n" &
		poll test -s "$OUT.$n"
	done
	traffic_start
	for ((n = 0; n < 3 || (n < 60 && $# > 0 && $(unequal) == 0); n++)); do sleep 1; done
	traffic_end
	jobs_end
	torn=$(unequal)
	echo "# $BATS_TEST_DESCRIPTION: $torn torn pairs in $sent packets" >&3
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == "$sent" ]]
	((sent > 1000))
}

@test "under updates by two processes the program never sees half of one" {
	pair_make
	hammer
	((torn == 0))
}

@test "without the lock the same shows that it can happen" {
	pair_make
	"$LOADER" -q -d va --filename "$OBJECTS/maps_unlocked.o"
	hammer unlocked
	((torn > 0))
}

@test "--remove takes off our program and its pins, exits 0, also where it has gone already" {
	pair_make
	"$CTL" -q -d va
	run -0 "$CTL" -d va --remove
	[[ $output == *"unloaded xdp_maps_func"*"removed the pins of 4 maps and 1 program"* ]]
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
	run -0 "$CTL" -d va -r
	[[ $output == *"removed the pins of 0 maps and 0 programs" ]]
	"$CTL" -q -d va
	program_off va
	run -0 "$CTL" -q -d va -r
	[[ -z $output && ! -e $BPFFS/va ]]
}

# As somebody would who knows nothing of us.
program_off() { # DEVICE
	ip link set dev "$1" xdpdrv off || xdp-loader unload "$1" --all
}

@test "where the maps' pins were removed it loads again, or removes what is left" {
	pair_make
	"$CTL" -q -d va -u 1 2
	"$LOADER" -q -d va --unpin --maps-only
	refused 40 "nothing is pinned there" "$CTL" -d va --get
	run -0 "$CTL" -d va
	[[ ${lines[1]} == "now value1:0 value2:0" && $(attached_ids va | wc -l) == 1 ]]
	"$LOADER" -q -d va --unpin --maps-only
	run -0 "$CTL" -q -d va -r
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
}

# Killed by strace at the first call of these: attached and not pinned, or detached and still pinned.
killed_at() { # CALLS OPTION...
	local calls=$1
	shift
	run strace -qq -o /dev/null -e "inject=$calls:signal=KILL:when=1" "$CTL" -d va "$@"
	((status == 137))
}

@test "--remove repairs first what a run that was killed has left" {
	pair_make
	killed_at '?rename,?renameat,?renameat2' -u 1 2
	run -0 "$CTL" -d va -r
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
	"$CTL" -q -d va
	killed_at '?unlink,?unlinkat' -r
	run -0 "$CTL" -d va -r
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
}

@test "two at once remove, and one of them finds nothing to do; a device that is gone has its pins removed" {
	local round pid
	pair_make
	for ((round = 0; round < 10; round++)); do
		"$CTL" -q -d va
		"$CTL" -q -d va -r &
		pid=$!
		"$CTL" -q -d va -r
		wait "$pid"
		[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
	done
	"$CTL" -q -d va
	ip link del va
	run -0 "$CTL" -d va -r
	[[ ! -e $BPFFS/va ]]
	refused 1 "could not find device va" "$CTL" -d va -r
}

@test "an update is one system call, under the lock, and one more for what is traced of it" {
	pair_make
	"$CTL" -q -d va
	strace -e trace=bpf -o "$OUT" "$CTL" -q --map "$CONTROL" -u 1 2
	grep -c BPF_MAP_UPDATE_ELEM "$OUT"
	[[ $(grep -cE 'BPF_MAP_UPDATE_ELEM.*flags=(BPF_F_LOCK|0x4)' "$OUT") == 2 && $(grep -c BPF_MAP_UPDATE_ELEM "$OUT") == 2 ]]
	"$CTL" -q --map "$CONTROL" --trace on
	strace -e trace=bpf -o "$OUT" "$CTL" -q --map "$CONTROL" -u 1 2
	[[ $(grep -c BPF_MAP_UPDATE_ELEM "$OUT") == 1 ]]
}

@test "pins that are left without their program's are no obstacle" {
	pair_make
	"$CTL" -q -d va -u 1 2
	"$LOADER" -q -d va --unpin --programs-only
	program_off va
	run -0 "$CTL" -d va -r
	[[ $output == *"has pins of no program with a map maps_control: left alone; 'xdp_loader -d va --unpin' removes them"* ]]
	run -0 "$CTL" -d va
	[[ ${lines[1]} == "now value1:1 value2:2" ]]
}

@test "where the other map cannot be read, the values are told all the same" {
	pair_make
	"$CTL" -q -d va
	rm "$BPFFS/va/maps_unequal"
	bpftool map create "$BPFFS/va/maps_unequal" type array key 4 value 4 entries 1 name other
	run -0 --separate-stderr "$CTL" -d va -u 5 6
	[[ ${lines[2]} == "wrote value1:5 value2:6" && ${lines[3]} == "trace:8 (traces the next 8 packets)" && $stderr == *"a map of unequal pairs is one of type percpu_array"* ]]
}

@test "values outlive the program: detached by somebody else, it comes back with them" {
	pair_make
	"$CTL" -q -d va -u 11 12
	program_off va
	run -0 --separate-stderr "$CTL" -d va
	[[ ${lines[1]} == "now value1:11 value2:12" && $(attached_id va) != none ]]
}

@test "counts do not, as they may be another device's: new maps, and a warning; with --force they do" {
	pair_make
	"$CTL" -q -d va -u 11 12
	frames_send 5
	program_off va
	run -0 --separate-stderr "$CTL" -d va --force
	[[ -z $stderr && $(packets_in "$BPFFS/va/xdp_stats_map") == 5 && ${lines[2]} == "trace:3 unequal:5 "* ]]
	ip link del va
	pair_make
	run -0 --separate-stderr "$CTL" -d va
	for map in xdp_stats_map maps_unequal; do
		[[ $stderr == *"map $map is new, and what $BPFFS/va/$map has counted is gone: its program is not attached to va"* ]]
	done
	[[ $stderr != *maps_control* && ${lines[1]} == "now value1:11 value2:12" && ${lines[2]} == "trace:3 unequal:0 "* ]]
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == 0 ]]
}

@test "somebody else's program is neither replaced nor removed" {
	pair_make
	theirs=$(foreign_program va)
	refused 30 "program $theirs (xdp_pass_func), which is not ours" "$CTL" -d va -u 1 2
	refused 30 "program $theirs (xdp_pass_func), which is there, is not ours" "$CTL" -d va -r
	[[ $(attached_id va) == "$theirs" ]]
}

@test "xdp_loader's program makes way with --force only" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	refused 30 "(xdp_drop_func), which xdp_loader attached there, has no map maps_control" "$CTL" -d va -u 1 2
	refused 30 "has no map maps_control; 'xdp_loader -d va --unload' detaches it" "$CTL" -d va -r
	run -0 "$CTL" -d va --force -u 1 2
	[[ ${lines[0]} == *" name:xdp_maps_func "* && $(values) == "1 2" ]]
	[[ ! -e $BPFFS/va/programs/xdp_drop_func ]]
}

@test "a program of one's own that has the control map is controlled, not replaced" {
	pair_make
	"$LOADER" -q -d va --filename "$OBJECTS/maps_unlocked.o"
	id=$(attached_id va)
	run -0 "$CTL" -d va -u 6 7
	[[ $(attached_id va) == "$id" && $(values) == "6 7" ]]
	refused 30 "and is another one; give --force to replace it" "$CTL" -d va -S -u 8 9
	run -0 "$CTL" -d va -S --force -u 8 9
	[[ ${lines[1]} == "found value1:6 value2:7" && $(attached_id va) != "$id" ]]
}

@test "a device of another network namespace" {
	ip netns add other
	ip -n other link add va type veth peer name vb
	ip -n other link set va up
	run -0 "$CTL" --netns other -d va -u 1 2
	[[ $(values "$BPFFS/netns-other/va/maps_control") == "1 2" && $(attached_id va other) != none ]]
	run -0 "$CTL" -d va --netns other -g
	[[ ${lines[0]} == "now value1:1 value2:2" ]]
	refused 40 "'maps_ctl --netns other -d v9' loads the program" "$CTL" -d v9 --netns other -g
	run -0 "$CTL" -d va --netns other -r
	[[ $(attached_id va other) == none && ! -e $BPFFS/netns-other ]]
	refused 2 "goes with --dev" "$CTL" --netns other --map "$CONTROL"
	refused 1 "could not enter network namespace nobody" "$CTL" --netns nobody -d va
}

@test "a device with a dot in its name" {
	make_pair a.1 vb
	run -0 "$CTL" -d a.1 -u 1 2
	[[ $(values "$BPFFS/a_1/maps_control") == "1 2" ]]
	run -0 "$CTL" -q -d a.1 -r
	[[ ! -e $BPFFS/a_1 ]]
}

@test "twenty at once: one program, no error, and the values of one of them" {
	pair_make
	for ((i = 1; i <= 20; i++)); do
		"$CTL" -q -d va --lock-timeout 120 -u "$i" "$i" 2>>"$ERR" &
	done
	for pid in $(jobs -p); do wait "$pid"; done
	[[ ! -s $ERR && $(attached_ids va | wc -l) == 1 ]]
	read -r one two <<<"$(values)"
	((one >= 1 && one <= 20 && one == two))
}

@test "frames larger than a page: the program attaches in native mode where the kernel can" {
	needs_kernel 5.18 "frames of many buffers"
	pair_make
	ip link set va mtu 9000
	ip link set vb mtu 9000
	run -0 "$CTL" -d va -N
	[[ $(attached_mode va) == xdp ]]
}

@test "user nobody reads where the modes allow it, and may not write" {
	needs_kernel 5.19 "reading without privilege"
	pair_make
	"$CTL" -q -d va -u 1 2
	install -D "$CTL" /run/everybody/maps_ctl
	run -40 --separate-stderr as_nobody /run/everybody/maps_ctl --map "$CONTROL" -g
	[[ $stderr == *"$BPFFS/va is a directory that you may not search"* ]]
	chmod 0755 "$BPFFS/va"
	run -40 --separate-stderr as_nobody /run/everybody/maps_ctl --map "$CONTROL" -g
	[[ $stderr == *"$CONTROL is a pin that you may not read"*"; 'chmod o+r' lets others, or run as root" ]]
	chmod 0644 "$CONTROL"
	run -0 as_nobody /run/everybody/maps_ctl --map "$CONTROL" -g
	[[ ${lines[0]} == "now value1:1 value2:2" ]]
	run -40 --separate-stderr as_nobody /run/everybody/maps_ctl --map "$CONTROL" -u 3 4
	[[ $stderr == *"$CONTROL is a pin that you may not write"* && $(values) == "1 2" ]]
	chmod 0666 "$CONTROL"
	run -0 as_nobody /run/everybody/maps_ctl --map "$CONTROL" -u 3 4
	[[ $(values) == "3 4" ]]
}

@test "--remove takes off the attached program that has the map, and not one that it tail-calls" {
	pair_make
	cat >"$BATS_TEST_TMPDIR/tails.c" <<-'END'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include "maps_control.h"
		char LICENSE[] SEC("license") = "Dual BSD/GPL";
		int a_last(struct xdp_md *ctx);
		struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, MAPS_ELEMENTS); __type(key, __u32); __type(value, struct maps_value); }
			maps_control SEC(".maps");
		struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __uint(key_size, 4); __array(values, int(void *)); }
			stages SEC(".maps") = { .values = { (void *)&a_last } };
		SEC("xdp") int z_entry(struct xdp_md *ctx)
		{
			__u32 key = 0;
			if (bpf_map_lookup_elem(&maps_control, &key))
				bpf_tail_call(ctx, &stages, 0);
			return XDP_PASS;
		}
		SEC("xdp") int a_last(struct xdp_md *ctx) { return ctx->data ? XDP_DROP : XDP_PASS; }
	END
	compile_file "$BATS_TEST_TMPDIR/tails"
	"$LOADER" -q -d va --filename "$BATS_TEST_TMPDIR/tails.o"
	run -0 "$LESSON/maps_ctl" -d va --remove
	[[ $output == *"unloaded z_entry"*"and 2 programs"* ]]
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
}
