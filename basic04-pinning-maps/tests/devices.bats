#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Each kind of device: the mode that it has, and that load, count, reload, list and unload work there. And a
# real driver, virtio_net: what it refuses, and what is said of it. The machines of testenv/kernels/run have
# all of them, this host those that its kernel has.
# shellcheck disable=SC2154 # bats sets output, lines and stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic
load devices

setup() { cd "$BATS_TEST_TMPDIR" || return; }
teardown() {
	jobs_end
	cards_give_back
}

one_buffer() {
	cat >one_buffer.c <<-'END_OF_C'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include "xdp_stats_count.h"
		SEC("xdp") int one_buffer(struct xdp_md *ctx) { return xdp_stats_count(ctx, XDP_DROP); }
		char LICENSE[] SEC("license") = "Dual BSD/GPL";
	END_OF_C
	compile_file one_buffer
}

# native or skb: what the reference's table has in a row for this kernel, or for the nearest before it.
table_mode() { # ROW
	awk -F ' *[|] *' -v row="$1" -v release="$(uname -r)" '
		function number(version) { split(version, part, "."); return part[1] * 1000 + part[2] }
		$2 == "device" { for (i = 3; i < NF; i++) column[i] = number($i) }
		$2 ~ "^" row "(,|$)" && 3 in column {
			for (i = 3; i < NF; i++) if (column[i] <= number(release) && $i != "-") mode = $i
			print mode
			exit
		}' "$LESSON/REFERENCE.org"
}

# steps KIND [ROW]: what each command says and what is counted, in the mode that the table's row has.
steps() {
	local mode options=() receives=1
	make_"$1"
	mode=$(table_mode "${2-$1}")
	if [[ $mode == skb ]]; then
		options=(--skb-mode)
		refused 30 "in native mode: " "$LOADER" -d "$DEVICE"
		[[ $output == *"try --auto-mode or --skb-mode" ]]
	fi
	[[ $1 != dummy ]] || receives=0
	echo "# $1: $mode mode" >&3
	run -0 "$LOADER" -d "$DEVICE" --progname xdp_drop_func --auto-mode
	[[ $output == *"$DEVICE: attached xdp_drop_func "*" in $mode mode, "* ]]
	((receives == 0)) || "send_$1" 3
	poll has_dropped $((3 * receives))
	run -0 "$LOADER" -d "$DEVICE" --progname xdp_drop_func "${options[@]}" --reuse-maps
	[[ $output == *" in $mode mode, "*"maps: 0 new (from zero), 1 reused"* ]]
	((receives == 0)) || "send_$1" 2
	poll has_dropped $((5 * receives))
	run -0 "$LOADER" -d "$DEVICE" --progname xdp_drop_func "${options[@]}"
	[[ $output == *" in $mode mode, "*"maps: 1 new (from zero), 0 reused"* ]]
	((receives == 0)) || "send_$1" 4
	poll has_dropped $((4 * receives))
	run -0 "$LOADER" -d "$DEVICE" --list
	[[ ${lines[0]} == "$DEVICE: xdp_drop_func (id "*") attached in $mode mode"* ]]
	[[ $(grep -c ' live$' <<<"$output") == 2 ]]
	run -0 "$LOADER" -d "$DEVICE" --unload
	[[ ! -e $BPFFS/$DEVICE && $(attached_id "$DEVICE") == none ]]
}

@test "a veth" { steps veth; }
@test "a tap" { steps tap; }
@test "a tun" { steps tun; }
@test "a VLAN" { steps VLAN; }
@test "a bond" { steps bond; }
@test "a team" { steps team; }
@test "a bridge" { steps bridge; }
@test "a macvlan" { steps macvlan; }
@test "a dummy, which receives nothing" { steps dummy; }
@test "a vxlan" { steps vxlan; }
@test "a wireguard" { steps wireguard; }
@test "lo" { steps lo; }
@test "virtio_net with four queues" { steps virtio_net; }
@test "virtio_net with one queue" { steps narrow virtio_net; }

@test "a program on a VLAN keeps the device below as it is: the VLAN is named, for a load and for an unload" {
	needs_kernel 5.15 "it lets the device below change"
	make_VLAN
	"$LOADER" -q -d va
	"$LOADER" -q -d "$DEVICE" --skb-mode
	refused 30 "$DEVICE, which is above va, has an XDP program" "$LOADER" -d va -M
	refused 30 "$DEVICE, which is above va, has an XDP program" "$LOADER" -d va --unload
	"$LOADER" -q -d "$DEVICE" --unload
	"$LOADER" -q -d va --unload
}

@test "a program on a bond keeps its port as it is: the bond is named" {
	needs_kernel 5.15 "it lets the device below change"
	make_bond
	"$LOADER" -q -d "$DEVICE" --auto-mode
	refused 30 "$DEVICE, which is above va, has an XDP program" "$LOADER" -d va
	"$LOADER" -q -d "$DEVICE" --unload
	"$LOADER" -q -d va
}

@test "virtio_net whose offloads only the hypervisor can turn off: the driver's words, and what helps" {
	cards_take fixed
	refused 30 "virtio_net: Can't set XDP while host is implementing " "$LOADER" -d "$DEVICE"
	[[ $output == *"; no ethtool setting can: "*"'ctrl_guest_offloads=on' for the device; try --auto-mode or --skb-mode" ]]
	run ! ethtool -K "$DEVICE" rx-gro-hw off
	refused 30 "no ethtool setting can" "$LOADER" -d "$DEVICE"
	run -0 "$LOADER" -d "$DEVICE" --auto-mode
	[[ $output == *" in skb mode, "* ]]
	"$LOADER" -q -d "$DEVICE" --unload
}

queues() { find "/sys/class/net/$DEVICE/queues" -name "$1-*" | wc -l; }

# Runs the command that the message quotes, which begins so.
run_quoted() { # WORDS
	local command
	read -ra command < <(grep -o "'$1[^']*'" <<<"$output" | tr -d "'")
	"${command[@]}"
}

# load_queues alone|shared OPTION...: a load says if XDP has no queues of its own. The driver has more queues to
# receive than to send if it has.
load_queues() {
	run -0 "$LOADER" -d "$DEVICE" "${@:2}"
	echo "$output"
	if [[ $1 == alone ]]; then
		[[ $output != *"locked tx mode"* ]] && (($(queues rx) > $(queues tx)))
	else
		[[ $output == *"$DEVICE has no queues for XDP alone: "*"locked tx mode"* ]] && (($(queues rx) == $(queues tx)))
	fi
}

@test "virtio_net with too few queues: what the kernel's log alone has is said, with the ethtool command that helps" {
	local cpus advised
	cpus=$(getconf _NPROCESSORS_CONF)
	cards_take wide
	((cpus < 4)) || skip "the card has 4 queues, and this machine $cpus CPUs"
	load_queues alone
	load_queues alone -M
	"$LOADER" -q -d "$DEVICE" --unload
	ethtool -L "$DEVICE" combined 4
	load_queues shared
	advised=$output
	[[ $output == *"'ethtool -L $DEVICE combined $((4 - cpus))', while no program is attached"* ]]
	"$LOADER" -q -d "$DEVICE" --unload
	run -0 "$LOADER" -q -d "$DEVICE"
	[[ -z $output ]]
	output=$advised
	run ! run_quoted "ethtool -L"
	"$LOADER" -q -d "$DEVICE" --unload
	run -0 "$LOADER" -d "$DEVICE" --skb-mode
	[[ $output != *"locked tx mode"* ]]
	"$LOADER" -q -d "$DEVICE" --unload
	output=$advised
	run_quoted "ethtool -L"
	load_queues alone
}

@test "virtio_net with one queue: only the hypervisor can give it more, and each load says so" {
	cards_take narrow
	load_queues shared
	[[ $output != *ethtool* && $output == *"$((2 * $(getconf _NPROCESSORS_CONF))) queues from the hypervisor"* ]]
	load_queues shared -M
}

@test "a veth whose peer has an MTU above one buffer: the driver's words, the peer's MTU, xdp.frags, or skb mode" {
	one_buffer
	make_veth
	ip link set va mtu 9000
	ip link set vb mtu 9000
	refused 30 "veth: Peer MTU is too large to set XDP" "$LOADER" -d va --filename one_buffer.o
	[[ $output == *"; lower the MTU of its peer; "*"try --auto-mode or --skb-mode" ]]
	! kernel_is 6.3 || [[ $output == *"; or put the program into section xdp.frags; "* ]]
	ip link set vb mtu 1500
	run -0 "$LOADER" -d va --filename one_buffer.o
	[[ $output == *" in native mode, "* ]]
}

@test "virtio_net with an MTU above one buffer: the driver's words, a smaller MTU, xdp.frags if the driver can, or skb mode" {
	one_buffer
	cards_take wide narrow
	ip link set "$DEVICE" mtu 9000
	refused 30 "virtio_net: MTU too large to enable XDP" "$LOADER" -d "$DEVICE" --filename one_buffer.o
	advised=$output
	[[ $output == *"; lower it: 'ip link set dev $DEVICE mtu 1500'; "*"try --auto-mode or --skb-mode" ]]
	if kernel_is 6.3; then
		[[ $output == *"without frags"*"; or put the program into section xdp.frags; "* ]]
		run -0 "$LOADER" -d "$DEVICE" --progname xdp_drop_func # that one is
		[[ $output == *" in native mode, "* ]]
		frames_send 2
		poll has_dropped 2
		"$LOADER" -q -d "$DEVICE" --unload
	else
		[[ $output != *frags* ]]
	fi
	run -0 "$LOADER" -d "$DEVICE" --filename one_buffer.o --auto-mode
	[[ $output == *" in skb mode, "* ]]
	frames_send 3
	poll has_dropped 3
	"$LOADER" -q -d "$DEVICE" --unload
	output=$advised
	run_quoted "ip link set"
	run -0 "$LOADER" -d "$DEVICE" --filename one_buffer.o
	[[ $output == *" in native mode, "* ]]
}

received() { cat "/sys/class/net/$DEVICE/statistics/rx_packets"; }
# The same ten times: nothing is on its way.
is_quiet() {
	local n now
	now=$(received)
	for n in {1..10}; do
		[[ $(received) == "$now" ]] || return
	done
}

@test "virtio_net under traffic: a reload neither loses nor doubles a packet; what the first attach loses" {
	local n before
	cards_take wide narrow
	# shellcheck disable=SC2034 # traffic_start's
	TRAFFIC_GAP=500us
	before=$(received)
	traffic_start
	"$LOADER" -q -d "$DEVICE" --progname xdp_drop_func
	traffic_end
	poll is_quiet
	echo "# the first attach: $sent packets at $rate/s, $((sent - $(received) + before)) lost" >&3
	"$LOADER" -q -d "$DEVICE" --progname xdp_drop_func
	RELOADS=10
	traffic_start
	for ((n = 0; n < RELOADS; n++)); do
		"$LOADER" -q -d "$DEVICE" --progname xdp_drop_func --reuse-maps
	done
	traffic_end
	poll has_dropped "$sent" || :
	assert_exact "$(packets_in "$BPFFS/$DEVICE/xdp_stats_map")"
}
