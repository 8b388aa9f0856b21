# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: an environment is made, or nothing is.
# shellcheck shell=bash disable=SC2154 # ENV's keys are words, not variables

ID_MAX=254 # the addresses have one byte for it

# What setup has done so far, last first; the trap undoes it unless setup gets to its end.
UNDO=()
undo_push() { UNDO=("$*" "${UNDO[@]}"); }
undo_all() {
	local step
	for step in "${UNDO[@]}"; do
		$step
	done
	UNDO=()
}
undo_state() { rm -f -- "$STATE_DIR/$NAME" "$STATE_DIR"/.new.*; }
undo_netns() { ip netns delete "$NAME" || :; }
undo_pair() { pair_delete || :; }

id_free() {
	local file id=$1
	for file in "$STATE_DIR"/*; do
		if [[ -f $file ]] && grep -qx "id=$id" -- "$file"; then return 1; fi
	done
	# Nor may anybody else have such an address here.
	[[ -z $(ip -o -6 address show to "fc00:dead:cafe:$id::/64") &&
		-z $(ip -o -6 address show to "fc00:dead:beef:$id::/64") &&
		-z $(ip -o -4 address show to "10.11.$id.0/24") &&
		-z $(ip -o -4 address show to "10.12.$id.0/24") ]]
}

id_allocate() {
	local id
	for ((id = 1; id <= ID_MAX; id++)); do
		if id_free "$id"; then
			ENV[id]=$id
			return
		fi
	done
	die "cannot set up '$NAME': all $ID_MAX numbers are taken; tear environments down"
}

# Some machines (and containers) turn IPv6 off for new devices.
ipv6_enable() {
	local knob=/proc/sys/net/ipv6/conf/$1/disable_ipv6
	# Opened by a program inside: /proc/sys/net shows the network namespace of who opens it.
	# shellcheck disable=SC2016
	"${@:2}" bash -c '[[ -e $1 ]] || exit 1; [[ $(<"$1") == 0 ]] || echo 0 >"$1"' - "$knob" ||
		die "cannot turn IPv6 on for $1: the kernel has none, or $knob is not writable"
}

# address_add KIND HOST DEVICE [ip's options]: nodad, or the address could not be used for a second.
address_add() {
	local kind=$1 host=$2 device=$3
	shift 3
	ip "$@" address add "$(address6 "$kind" "$host")/64" dev "$device" nodad
	[[ ${ENV[legacy]} == no ]] || ip "$@" address add "$(address4 "$kind" "$host")/24" dev "$device"
}

setup_refuse_taken() {
	! state_exists || die "cannot set up '$NAME': the environment exists; see 'testenv.sh status'"
	! netns_exists || die "cannot set up '$NAME': a network namespace of that name exists and is not ours"
	! outer_exists || die "cannot set up '$NAME': a link of that name exists and is not ours"
	[[ ! ${OPT[vlan]-} ]] || setup_refuse_taken_vlan
}

setup_refuse_taken_vlan() {
	! outer_ifindex "$NAME.1" >/dev/null || die "cannot set up '$NAME': a link '$NAME.1' exists and is not ours"
	! outer_ifindex "${NAME}_1" >/dev/null ||
		die "cannot set up '$NAME': link '${NAME}_1' exists, whose pins '$NAME.1' would share"
}

setup_netns() {
	# Ctrl-C ends all of the group's processes; ip would leave a file that is no namespace yet.
	(trap '' HUP INT TERM && exec ip netns add "$NAME") || die "cannot make the network namespace '$NAME'"
	undo_push undo_netns
	ENV[netns]=$(inode "$NETNS_DIR/$NAME")
	state_write
	ip -n "$NAME" link set dev lo alias "testenv.sh ${EPOCHREALTIME/[.,]/}" up
	ENV[mark]=$(ip -n "$NAME" link show dev lo | sed -n 's/^ *alias testenv.sh //p')
	state_write
}

setup_pair() {
	undo_push undo_pair
	ip link add name "$NAME" type veth peer name veth0 netns "$NAME" ||
		die "cannot make the veth pair '$NAME': see above (has the kernel veth?)"
	ENV[ifindex]=$(outer_ifindex "$NAME")
	state_write
	ipv6_enable "$NAME"
	ipv6_enable veth0 inside
	address_add link 1 "$NAME"
	address_add link 2 veth0 -n "$NAME"
	ip link set dev "$NAME" up
	ip -n "$NAME" link set dev veth0 up
}

# The VLAN devices need no undoing of their own: they go with the pair.
vlan_add_outer() {
	local reason
	reason=$(ip link add link "$NAME" name "$NAME.1" type vlan id 1 2>&1) ||
		die "cannot make the VLAN device '$NAME.1': ${reason:-no reason given}" \
			"This kernel seems to have no VLANs (8021q): set up without --vlan"
}

setup_vlan() {
	vlan_add_outer
	ip -n "$NAME" link add link veth0 name veth0.1 type vlan id 1
	ipv6_enable "$NAME.1"
	ipv6_enable veth0.1 inside
	address_add vlan 1 "$NAME.1"
	address_add vlan 2 veth0.1 -n "$NAME"
	ip link set dev "$NAME.1" up
	ip -n "$NAME" link set dev veth0.1 up
}

# A veth has its carrier as soon as both ends are up; the kernel tells a moment later.
setup_wait() {
	local try
	for ((try = 0; try < 100; try++)); do
		if [[ $(ip -o link show dev "$NAME" up) == *LOWER_UP* ]]; then return; fi
		sleep 0.02
	done
	die "cannot set up '$NAME': the link does not come up"
}

# A signal waits for the end of a step: no thing is made that is not yet known to be ours.
STOP=0
setup_step() {
	"$@"
	((STOP == 0)) || exit "$STOP"
}

setup_locked() {
	setup_refuse_taken
	ENV=([legacy]=no [vlan]=no [home]=$(inode /proc/self/ns/net))
	[[ -z ${OPT[legacy]-} ]] || ENV[legacy]=yes
	[[ -z ${OPT[vlan]-} ]] || ENV[vlan]=yes

	trap 'undo_all; state_dir_drop' EXIT
	trap 'STOP=129' HUP
	trap 'STOP=130' INT
	trap 'STOP=143' TERM
	id_allocate
	undo_push undo_state
	state_write
	setup_step setup_netns
	setup_step setup_pair
	[[ ${ENV[vlan]} == no ]] || setup_step setup_vlan
	setup_step setup_wait
	UNDO=()
	trap '' HUP INT TERM # too late: it is made, and said next
}

# For --gen-new: the first name of testenv-1, testenv-2 and so on that nothing has.
name_generate() {
	local n
	for ((n = 1; n <= ID_MAX; n++)); do
		NAME=testenv-$n
		state_exists || netns_exists || outer_exists || return 0
	done
	die "cannot find a new name: testenv-1 to testenv-$ID_MAX are taken; give one with --name"
}

cmd_setup() {
	state_lock
	[[ ! ${OPT[new]-} ]] || name_generate
	setup_locked
	status_one
}
