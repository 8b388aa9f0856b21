#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What NEWS.org promises: a version reads, reuses and removes the pins of each version before it. The pins
# are made here by ip, bpftool and ln, as that version made them. If one of these tests fails after a
# change, the change is wrong, and not the test. A version whose pins are different adds a function.
bats_require_minimum_version 1.5.0
load helpers
load traffic

teardown() { jobs_end; }

# The network namespace, as the owner link names it: by its cookie, or before Linux 5.14 by its inode.
netns_of_1_0() {
	python3 -c '
import os, socket, struct
try:
    cookie = socket.socket(socket.AF_UNIX).getsockopt(socket.SOL_SOCKET, 71, 8)
    print("cookie", *struct.unpack("Q", cookie))
except OSError:
    print("inode", os.stat("/proc/self/ns/net").st_ino)'
}

# A device with a program of 1.0 that drops, attached directly, and its pins.
load_of_1_0() { # DEVICE
	local dir=$BPFFS/$1
	mkdir -m 0700 "$dir" "$dir/programs"
	ln -s "$1 ifindex $(<"/sys/class/net/$1/ifindex") netns $(netns_of_1_0)" "$dir/owner"
	bpftool map create "$dir/xdp_stats_map" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$dir/programs/xdp_pass_func" type xdp \
		map name xdp_stats_map pinned "$dir/xdp_stats_map"
	ip link set dev "$1" xdpdrv pinned "$dir/programs/xdp_pass_func"
}

packets() { # ACTION
	"$STATS" -d va --once --json | jq ".actions.$1.packets"
}

@test "pins of 1.0: xdp_stats shows them, and follows a reload; its totals are right" {
	: >"$ERR"
	pair_make
	load_of_1_0 va
	frames_send 7
	[[ $(packets XDP_PASS) == 7 ]]
	watch_start --all -i 0.05
	frames_send 5
	"$LOADER" -q -d va --direct --progname xdp_drop_func
	frames_send 3
	poll out_has '^va +XDP_DROP +3 '
	watch_end
	out_has '^va +XDP_PASS +5 '
	out_has '^va +XDP_DROP +3 '
}

@test "pins of 1.0: --reuse-maps keeps what they have counted, --list knows them, and nothing needs --force" {
	pair_make
	load_of_1_0 va
	run -0 "$LOADER" -d va --list
	[[ $output == *"xdp_pass_func "*"attached in native mode"*live*live* ]]
	frames_send 7
	run -0 "$LOADER" -d va --direct --progname xdp_drop_func --reuse-maps
	[[ $output == *"0 new (from zero), 1 reused"* ]]
	frames_send 3
	[[ $(packets XDP_PASS) == 7 && $(packets XDP_DROP) == 3 ]]
}

@test "pins of 1.0: --unload, --unpin and --clean remove them, and leave nothing" {
	pair_make
	load_of_1_0 va
	"$LOADER" -q -d va --unload
	[[ ! -e $BPFFS/va && $(ip link show va) != *xdp* ]]
	load_of_1_0 va
	"$LOADER" -q -d va --unpin
	[[ ! -e $BPFFS/va && $(ip link show va) == *xdp* ]]
	ip link set dev va xdpdrv off
	load_of_1_0 va
	ip link delete va
	"$LOADER" -q --clean
	[[ ! -e $BPFFS/va ]]
}
