#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Real frames, counted exactly: the map, read by bpftool and by xdp_stats, says what was sent.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0

load helpers

# The device with the program, and its peer, from which frames come. Without IPv6 neither sends
# frames of its own accord.
pair_make() { # [MTU]
	local device
	ip link add dev va mtu "${1-1500}" type veth peer name vb mtu "${1-1500}"
	for device in va vb; do
		echo 1 >"/proc/sys/net/ipv6/conf/$device/disable_ipv6"
		ip link set dev "$device" up
	done
}

setup() {
	[[ $BATS_TEST_DESCRIPTION == *jumbo* ]] || pair_make
}

# Sends frames of a length that counts the Ethernet header and no checksum.
frames_send() { # COUNT LENGTH [CPU]
	local frame="{ 0x02,0,0,0,0,0x0a, 0x02,0,0,0,0,0x0b, 0x88,0xb5, fill(0x5a, $(($2 - 14))) }"
	trafgen_send "$1" "${3:+cpu($3): }$frame" "$((${3-0} + 1))"
}

# One frame after the other, as trafgen -P 1 sends them, cannot overflow the receiver's queue: it is
# emptied on the same CPU.
trafgen_send() { # COUNT FRAME [PROCESSES]
	local pace=(--gap 1us) # frame by frame: a ring that is sent at once may be refused (EAGAIN)
	((${3-1} == 1)) || pace=() # knows only one process
	echo "$2" >"$BATS_TEST_TMPDIR/frame"
	trafgen --jumbo-support --notouch-irq "${pace[@]}" --num "$1" --cpus "${3-1}" \
		--out vb --in "$BATS_TEST_TMPDIR/frame" </dev/null >"$BATS_TEST_TMPDIR/trafgen" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/trafgen"; return 1; }
}

# What bpftool says: "PACKETS BYTES" for each action, in its order.
map_dump() { # DEVICE
	bpftool map dump pinned "$BPFFS/$1/xdp_stats_map" | awk '
		/"key":/ { key = $2 + 0 }
		/"rx_packets":/ { packets[key] += $2 }
		/"rx_bytes":/ { bytes[key] += $2 }
		END { for (key = 0; key < 5; key++) printf "%.0f %.0f\n", packets[key], bytes[key] }'
}

# What xdp_stats says: "PACKETS BYTES" for each action, in its order.
stats_dump() { # DEVICE
	"$STATS" -d "$1" --once --exact | awk '/^XDP_.* B$/ { gsub(",", ""); print $2, $3 }'
}

# The dump that is to be: all of it zero, except for the actions named.
expected() { # (ACTION PACKETS BYTES)...
	local action packets=(0 0 0 0 0) bytes=(0 0 0 0 0)
	for (( ; $# > 0; )); do
		packets[$1]=$2 bytes[$1]=$3
		shift 3
	done
	for action in 0 1 2 3 4; do
		echo "${packets[action]} ${bytes[action]}"
	done
}

# Waits for the sum of packets, so that a frame on its way is not missed; then compares everything,
# so that one too many is not missed either.
assert_counted() { # DEVICE (ACTION PACKETS BYTES)...
	local device=$1 try want
	shift
	want=$(expected "$@")
	for ((try = 0; try < 50; try++)); do
		[[ $(map_dump "$device") != "$want" ]] || break
		sleep 0.02
	done
	diff -u <(echo "$want") <(map_dump "$device")
	diff -u <(echo "$want") <(stats_dump "$device")
}

ABORTED=0 DROP=1 PASS=2 TX=3

# Frames of two lengths, counted by a built-in program under its action and no other.
check_program() { # PROGRAM ACTION MODE-OPTION
	"$LOADER" -q -d va --progname "$1" "$3"
	assert_counted va
	frames_send 1000 64
	assert_counted va "$2" 1000 64000
	frames_send 777 1514
	assert_counted va "$2" 1777 $((64000 + 777 * 1514))
}

@test "xdp_pass_func counts each frame and each byte as XDP_PASS, in native mode" {
	check_program xdp_pass_func "$PASS" --native-mode
}

@test "xdp_pass_func counts each frame and each byte as XDP_PASS, in skb mode" {
	check_program xdp_pass_func "$PASS" --skb-mode
}

@test "xdp_drop_func counts each frame and each byte as XDP_DROP, in native mode" {
	check_program xdp_drop_func "$DROP" --native-mode
}

@test "xdp_drop_func counts each frame and each byte as XDP_DROP, in skb mode" {
	check_program xdp_drop_func "$DROP" --skb-mode
}

@test "xdp_abort_func counts each frame and each byte as XDP_ABORTED, in native mode" {
	check_program xdp_abort_func "$ABORTED" --native-mode
}

@test "xdp_abort_func counts each frame and each byte as XDP_ABORTED, in skb mode" {
	check_program xdp_abort_func "$ABORTED" --skb-mode
}

# In native mode a veth sends frames back only to a peer that has an XDP program too.
@test "xdp_tx_func counts as XDP_TX what it sends back to the sender, in native mode" {
	"$LOADER" -q -d vb --progname xdp_drop_func
	check_program xdp_tx_func "$TX" --native-mode
	assert_counted vb "$DROP" 1777 $((64000 + 777 * 1514))
}

@test "xdp_tx_func counts as XDP_TX what it sends back to the sender, in skb mode" {
	"$LOADER" -q -d vb --progname xdp_drop_func --skb-mode
	check_program xdp_tx_func "$TX" --skb-mode
	assert_counted vb "$DROP" 1777 $((64000 + 777 * 1514))
}

# Whether a ping from the peer, in a namespace of its own, is answered: 1 or 0.
answered() { # PROGRAM MODE-OPTION
	"$LOADER" -q -d va --progname "$1" "$2"
	ip netns exec peer ping -c 1 -W 0.2 -n 192.0.2.1 | sed -n 's/.*, \([01]\) received.*/\1/p'
}

@test "what passes arrives, and what is dropped or aborted does not" {
	local mode
	ip netns add peer
	ip link set dev vb netns peer
	ip address add 192.0.2.1/24 dev va
	ip -n peer address add 192.0.2.2/24 dev vb
	ip -n peer link set dev vb up
	for mode in --native-mode --skb-mode; do
		[ "$(answered xdp_pass_func "$mode")" = 1 ]
		[ "$(answered xdp_drop_func "$mode")" = 0 ]
		[ "$(answered xdp_abort_func "$mode")" = 0 ]
		[ "$(answered xdp_pass_func "$mode")" = 1 ]
	done
}

@test "xdp_tx_func swaps the two addresses and changes nothing else" {
	"$LOADER" -q -d va --progname xdp_tx_func
	printf '\x02AAAAA\x02BBBBB\x88\xb5%050d' 0 >"$BATS_TEST_TMPDIR/in"
	run -0 bpftool prog run id "$(runnable_id va)" \
		data_in "$BATS_TEST_TMPDIR/in" data_out "$BATS_TEST_TMPDIR/out"
	[[ $output == *"Return value: $TX,"* ]]
	cmp "$BATS_TEST_TMPDIR/out" <(printf '\x02BBBBB\x02AAAAA\x88\xb5%050d' 0)
}

@test "frames of every length from a bare Ethernet header to a full MTU are counted to the byte" {
	local length sent=0 sent_bytes=0
	"$LOADER" -q -d va --progname xdp_drop_func
	for length in 14 15 59 60 64 65 127 128 999 1513 1514; do
		frames_send 10 "$length"
		sent=$((sent + 10)) sent_bytes=$((sent_bytes + 10 * length))
		assert_counted va "$DROP" "$sent" "$sent_bytes"
	done
}

@test "a VLAN tag in the frame is counted with it" {
	local mode
	for mode in --native-mode --skb-mode; do
		"$LOADER" -q -d va --progname xdp_drop_func "$mode"
		trafgen_send 10 '{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x81,0,0,7, 0x88,0xb5, fill(0x5a, 46) }'
		assert_counted va "$DROP" 10 640
	done
}

# With the frame not linear, the program sees the first part only.
check_jumbo() { # MODE-OPTION
	local program
	pair_make 9000
	for program in xdp_drop_func:$DROP xdp_pass_func:$PASS xdp_abort_func:$ABORTED; do
		"$LOADER" -q -d va --progname "${program%:*}" "$1"
		frames_send 100 9014
		frames_send 100 64
		frames_send 100 8000
		assert_counted va "${program#*:}" 300 $((100 * (9014 + 64 + 8000)))
	done
}

@test "jumbo frames of an MTU of 9000 are counted in full, in native mode" {
	needs_kernel 5.18 "frames of many buffers"
	check_jumbo --native-mode
	run -0 bpftool prog dump xlated pinned "$BPFFS/va/programs/xdp_abort_func"
	[[ $output == *bpf_xdp_get_buff_len* ]]
}

@test "jumbo frames of an MTU of 9000 are counted in full, in skb mode" {
	check_jumbo --skb-mode
}

@test "jumbo frames that xdp_tx_func sends back are counted in full, on both sides" {
	needs_kernel 5.18 "frames of many buffers"
	pair_make 9000
	"$LOADER" -q -d vb --progname xdp_drop_func
	"$LOADER" -q -d va --progname xdp_tx_func
	frames_send 100 9014
	assert_counted va "$TX" 100 901400
	assert_counted vb "$DROP" 100 901400
}

@test "the object for older kernels counts the same, without the helper that they lack" {
	"$LOADER" -q -d va --filename "$LESSON/xdp_prog_kern.o" --progname xdp_drop_func
	frames_send 100 1514
	assert_counted va "$DROP" 100 151400
	run -0 bpftool prog dump xlated pinned "$BPFFS/va/programs/xdp_drop_func"
	[[ $output != *bpf_xdp_get_buff_len* ]]
}

@test "what several CPUs count is added up" {
	(($(nproc) > 1)) || skip "one CPU only"
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 1000 64 0
	frames_send 500 128 1
	assert_counted va "$DROP" 1500 128000
	# More than one CPU's record has something in it.
	run -0 bash -c "bpftool map dump pinned $BPFFS/va/xdp_stats_map | grep -c '\"rx_packets\": [1-9]'"
	((output > 1))
}

@test "frames that arrive by two CPUs at once are all counted" {
	(($(nproc) > 1)) || skip "one CPU only"
	local frame='{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, 50) }'
	"$LOADER" -q -d va --progname xdp_drop_func --skb-mode
	trafgen_send 20000 "$frame" 2
	assert_counted va "$DROP" 20000 $((20000 * 64))
}

@test "a reload with --reuse-maps keeps counting, to the frame; one without counts from zero" {
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 1000 64
	"$LOADER" -q -d va --progname xdp_drop_func --reuse-maps
	assert_counted va "$DROP" 1000 64000
	frames_send 1000 64
	"$LOADER" -q -d va --progname xdp_pass_func --reuse-maps
	frames_send 10 100
	assert_counted va "$DROP" 2000 128000 "$PASS" 10 1000
	"$LOADER" -q -d va --progname xdp_pass_func
	assert_counted va
	frames_send 10 100
	assert_counted va "$PASS" 10 1000
}

@test "devices count apart from one another" {
	"$LOADER" -q -d va --progname xdp_drop_func
	"$LOADER" -q -d vb --progname xdp_drop_func
	frames_send 100 64
	assert_counted va "$DROP" 100 6400
	assert_counted vb
}

@test "a number that is no XDP action is not counted, and the frame is aborted" {
	local action expected
	"$LOADER" -q -d va --filename "$OBJECTS/stats_strange.o"
	for action in 0:0 1:1 2:2 3:3 4:4 5:0 6:0 127:0 255:0; do
		expected=${action#*:} action=${action%:*}
		# shellcheck disable=SC2059 # the byte
		{ printf "\\x$(printf %x "$action")"; printf '%063d' 0; } >"$BATS_TEST_TMPDIR/in"
		run -0 bpftool prog run id "$(runnable_id va)" \
			data_in "$BATS_TEST_TMPDIR/in"
		[[ $output == *"Return value: $expected,"* ]]
	done
	assert_counted va 0 1 64 1 1 64 2 1 64 3 1 64 4 1 64
}
