# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: XDP_REDIRECT between two environments, both ways.
# shellcheck shell=bash

REDIRECT_OBJECT=$TOP/basic04-pinning-maps/redirect_prog_kern.o

# What the program of one environment must know of the other one: its number, the index and the
# hardware address of its outer device, the hardware address of its inner one, and whether it has IPv4.
declare -A TO=()

mac_of() { ip "$@" | sed -n 's|^.*link/ether \([0-9a-f:]*\) .*|\1|p'; }

# redirect_target ENVIRONMENT: sets TO. Changes nothing.
redirect_target() {
	NAME=$1
	env_use
	netns_ours || die "cannot redirect to '$NAME': its network namespace is gone; see 'testenv.sh reset'"
	outer_ours || die "cannot redirect to '$NAME': its outer link is gone or in another network namespace"
	TO=([id]=${ENV[id]} [ifindex]=${ENV[ifindex]} [legacy]=${ENV[legacy]-no}
		[outer]=$(mac_of -o link show dev "$NAME")
		[inner]=$(mac_of -n "$NAME" -o link show dev veth0))
	[[ ${TO[outer]} && ${TO[inner]} ]] ||
		die "cannot redirect to '$NAME': veth0 or the outer device is gone; see 'testenv.sh reset'"
}

# redirect_load ENVIRONMENT: the programs, which pass everything until they have a target. A veth takes
# redirected frames in native mode only if there is a program on its peer too.
redirect_load() {
	local undo="testenv.sh unload --name $1"
	NAME=$1
	"$LOADER" --quiet --dev "$NAME" --filename "$REDIRECT_OBJECT" ||
		die "cannot redirect from '$NAME': xdp_loader could not load the program, see above;" \
			"'$undo' takes off what was loaded"
	[[ $(xdp_of -n "$NAME" -d -o link show dev veth0) == 'no XDP program' ]] || return 0
	"$LOADER" --quiet --netns "$NAME" --dev veth0 ||
		die "cannot redirect to '$NAME': xdp_loader could not load a program on veth0, see above;" \
			"'$undo' takes off what was loaded"
}

# The bytes of the program's map (redirect_prog_kern.c: struct target). The number in an IPv6 address
# is written in decimal digits, and read as hexadecimal ones.
target_bytes() {
	local digits
	printf -v digits '%04d' "${TO[id]}"
	say fc 00 de ad ca fe "${digits:0:2}" "${digits:2}" 00 00 00 00 00 00 00 02 \
		0a 0b "$(printf '%02x' "${TO[id]}")" 02 "${TO[inner]//:/ }" "${TO[outer]//:/ }"
}

# A number as the four bytes that it is on this machine.
u32_bytes() {
	local digits
	printf -v digits '%08x' "$1"
	if [[ $(printf '\1\0' | od -A n -t u2) -eq 1 ]]; then
		say "${digits:6:2}" "${digits:4:2}" "${digits:2:2}" "${digits:0:2}"
	else
		say "${digits:0:2}" "${digits:2:2}" "${digits:4:2}" "${digits:6:2}"
	fi
}

map_set() { # PIN BYTE..., in hexadecimal
	local pin=$1
	shift
	bpftool map update pinned "$pin" key hex 00 00 00 00 value hex "$@" >/dev/null ||
		die "cannot redirect from '$NAME': bpftool could not write $pin, see above"
}

# redirect_from ENVIRONMENT: to the one that TO describes.
redirect_from() {
	local dir
	NAME=$1
	state_read
	dir=$(pin_dir_outer "$NAME")
	ip -n "$NAME" route replace "fc00:dead:cafe:${TO[id]}::/64" via "$(address6 link 1)" dev veth0
	if [[ ${ENV[legacy]-} == yes && ${TO[legacy]} == yes ]]; then
		ip -n "$NAME" route replace "10.11.${TO[id]}.0/24" via "$(address4 link 1)" dev veth0
	fi
	# shellcheck disable=SC2046 # one word a byte
	map_set "$dir/redirect_target" $(target_bytes)
	# shellcheck disable=SC2046
	map_set "$dir/redirect_device" $(u32_bytes "${TO[ifindex]}")
}

# What leaves veth0 has its checksums still to be filled in by a device, and XDP does not do that.
checksums_fill() {
	inside ethtool -K veth0 tx off >/dev/null ||
		note "could not turn off checksum offload on veth0 in '$NAME': TCP and UDP may not get through"
}

cmd_redirect() {
	local name one=${ARGS[0]-} two=${ARGS[1]-}
	((${#ARGS[@]} == 2)) || usage_error "redirect needs the names of two environments"
	[[ $one != "$two" ]] || usage_error "redirect needs two environments, and '$one' is one"
	for NAME in "$one" "$two"; do check_name; done
	[[ -x $LOADER && -f $REDIRECT_OBJECT ]] ||
		die "cannot redirect: xdp_loader or redirect_prog_kern.o is not built; run make in $TOP"
	command -v bpftool >/dev/null || die "cannot redirect: bpftool is not installed, and it writes the maps"
	redirect_target "$one"
	redirect_target "$two"

	for name in "$one" "$two"; do redirect_load "$name"; done
	redirect_from "$one"
	redirect_target "$one"
	redirect_from "$two"
	if command -v ethtool >/dev/null; then
		for NAME in "$one" "$two"; do checksums_fill; done
	else
		note "ethtool is not installed: pings get through, TCP and UDP do not;" \
			"install it and run redirect again"
	fi
	redirect_say "$one" "$two"
}

redirect_say() {
	NAME=$2 && state_read
	say "redirect between $1 and $2, both ways; try:"
	say "  testenv.sh --name $1 exec ping -c 3 $(address6 link 2)"
	say "  testenv.sh --name $1 stats --once"
}
