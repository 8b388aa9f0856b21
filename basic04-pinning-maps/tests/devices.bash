# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Devices of many kinds, to load programs on, each with frames from its other end: make_KIND sets DEVICE,
# and send_KIND COUNT sends it that many.
# shellcheck shell=bash
# shellcheck disable=SC2154 # traffic.bash has PEER

# Skips a test of what the kernel does not have, with its reason. The test machines have all of it.
link_add() { # IP-LINK-ADD-ARGUMENT...
	local reason
	! reason=$(ip link add "$@" 2>&1) || return 0
	[[ ! ${TEST_CARDS_NETNS-} ]] || { echo "ip link add $*: $reason" && return 1; }
	skip "this kernel cannot make one: $reason"
}

has_dropped() { # COUNT
	[[ $("$STATS" -d "$DEVICE" --once --format csv | awk -F, '/XDP_DROP/ { print $10 }') == "$1" ]]
}

quiet_up() { # DEVICE...
	local device
	for device; do
		echo 1 >"/proc/sys/net/ipv6/conf/$device/disable_ipv6"
		ip link set "$device" up
	done
}

make_veth() {
	pair_make
	DEVICE=va
}
send_veth() { frames_send "$@"; }

# What a process writes to it is what the device receives.
tap_hold() { # tap|tun
	[[ -c /dev/net/tun ]] || skip "there is no /dev/net/tun here"
	mkfifo frames
	/usr/bin/python3 -c '
import fcntl, os, struct, sys
device = os.open("/dev/net/tun", os.O_RDWR)
flags = {"tun": 1, "tap": 2}[sys.argv[1]] | 0x1000 # without a header
fcntl.ioctl(device, 0x400454ca, struct.pack("16sH22x", b"t0", flags))
open("made", "w")
packet = bytes([0x45, 0, 0, 46]) + bytes(4) + bytes([64, 253]) + bytes(36)
if sys.argv[1] == "tap":
    packet = bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5]) + packet
while True:
    for line in open("frames"):
        for n in range(int(line)):
            os.write(device, packet)
' "$1" >&2 3>&- &
	poll test -e made
	quiet_up t0
	DEVICE=t0
}
make_tap() { tap_hold tap; }
make_tun() { tap_hold tun; }
send_tap() { echo "$1" >frames; }
send_tun() { echo "$1" >frames; }

make_VLAN() {
	pair_make
	link_add link va name va.5 type vlan id 5
	link_add link vb name vb.5 type vlan id 5
	quiet_up va.5 vb.5
	DEVICE=va.5 PEER=vb.5
}
send_VLAN() { frames_send "$@"; }

# va becomes a port of a new device.
make_master() { # NAME ADD-ARGUMENT...
	pair_make
	link_add "$@"
	ip link set va down
	ip link set va master "$1"
	ip link set va up
	quiet_up "$1"
	DEVICE=$1
}
make_bond() { make_master bond7 type bond mode active-backup; }
make_team() { make_master team7 type team; }
make_bridge() { make_master br7 address 02:00:00:00:00:01 type bridge; }
send_bond() { frames_send "$@"; }
send_team() { frames_send "$@"; }
send_bridge() { frames_send "$@"; }

make_macvlan() {
	pair_make
	link_add link va name mv7 address 02:00:00:00:00:01 type macvlan mode bridge
	quiet_up mv7
	DEVICE=mv7
}
send_macvlan() { frames_send "$@"; }

# It drops what is sent, and receives nothing: XDP leaves out what tc redirects to it.
make_dummy() {
	link_add dummy7 type dummy
	quiet_up dummy7
	DEVICE=dummy7
}

# va is here, and vb in the network namespace inner: 10.9.0.1 and 10.9.0.2.
make_apart() {
	pair_make
	ip netns add inner
	ip netns exec inner sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	ip link set vb netns inner
	ip address add 10.9.0.1/24 dev va
	ip -n inner address add 10.9.0.2/24 dev vb
	ip -n inner link set vb up
}

make_vxlan() {
	make_apart
	link_add vx7 type vxlan id 7 dstport 4789 local 10.9.0.1 remote 10.9.0.2 dev va
	ip -n inner link add vx7 type vxlan id 7 dstport 4789 local 10.9.0.2 remote 10.9.0.1 dev vb
	quiet_up vx7
	ip -n inner link set vx7 up
	DEVICE=vx7 PEER=vx7
}
send_vxlan() { ip netns exec inner bash -c "$(declare -f frames_send); PEER=$PEER frames_send $1"; }

make_wireguard() {
	make_apart
	link_add wg7 type wireguard
	ip -n inner link add wg7 type wireguard
	wg genkey >here
	wg genkey >there
	chmod 600 here there
	wg set wg7 private-key here listen-port 7777 \
		peer "$(wg pubkey <there)" allowed-ips 10.9.1.2 endpoint 10.9.0.2:7777
	ip netns exec inner wg set wg7 private-key there listen-port 7777 \
		peer "$(wg pubkey <here)" allowed-ips 10.9.1.1 endpoint 10.9.0.1:7777
	ip address add 10.9.1.1/24 dev wg7
	ip -n inner address add 10.9.1.2/24 dev wg7
	quiet_up wg7
	ip -n inner link set wg7 up
	DEVICE=wg7
}
# The program drops them, so that no answer comes.
send_wireguard() { ip netns exec inner ping -q -c "$1" -i 0.1 -W 0.1 10.9.1.1 || (($? == 1)); }

make_lo() { DEVICE=lo PEER=lo; }
send_lo() { frames_send "$@"; }

# --- real network cards: those of a test machine, which wait in its first network namespace

card_ethtool() { nsenter --net="$TEST_CARDS_NETNS" ethtool "$@" 2>/dev/null; }

# The card of the driver virtio_net that has several queues (wide), one (narrow), or one and offloads that cannot be
# turned off (fixed).
card_is() { # DEVICE KIND
	local queues offloads
	[[ $(card_ethtool -i "$1") == *"driver: virtio_net"* ]] || return
	queues=$(card_ethtool -l "$1" | awk '/Combined/ { print $2; exit }')
	offloads=$(card_ethtool -k "$1" | grep -E '^(rx-gro-hw|large-receive-offload): on')
	case $2 in
	wide) ((queues > 1)) ;;
	fixed) [[ $offloads == *"[fixed]" ]] ;;
	narrow) ((queues == 1)) && [[ $offloads != *"[fixed]" ]] ;;
	esac
}

# Takes a card into this network namespace, and prints its name.
card_take() { # KIND
	local device
	while read -r device; do
		card_is "$device" "$1" || continue
		nsenter --net="$TEST_CARDS_NETNS" ip link set "$device" netns $$
		echo "$device" >>cards
		ip link set "$device" mtu 1500 address "02:00:00:00:00:0$(wc -l <cards)"
		quiet_up "$device"
		echo "$device"
		return
	done < <(nsenter --net="$TEST_CARDS_NETNS" ip -o link show | sed -E 's/^[0-9]+: ([^:@]+).*/\1/')
	return 1
}

# Sets DEVICE and PEER to the cards of these kinds; the second one sends.
cards_take() { # KIND [KIND]
	[[ ${TEST_CARDS_NETNS-} ]] || skip "no network card is free for tests; the machines of testenv/kernels/run have some"
	DEVICE=$(card_take "$1") || skip "this machine has no network card with virtio_net: $1"
	[[ ! ${2-} ]] || PEER=$(card_take "$2")
}

cards_give_back() {
	local device
	[[ -e $BATS_TEST_TMPDIR/cards ]] || return 0
	while read -r device; do
		ip link set "$device" xdp off || :
		ip link set "$device" xdpgeneric off || :
		ip link set "$device" netns "$TEST_CARDS_NETNS"
	done <"$BATS_TEST_TMPDIR/cards"
}

make_virtio_net() { cards_take wide narrow; }
send_virtio_net() { frames_send "$@"; }
make_narrow() { cards_take narrow wide; }
send_narrow() { frames_send "$@"; }
