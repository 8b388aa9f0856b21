# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: what there is.
# shellcheck shell=bash

xdp_of() {
	local link
	link=$(ip "$@" 2>/dev/null) || { say "gone" && return; }
	if [[ $link =~ prog/xdp([a-z]*)\ id\ ([0-9]+)(\ name\ ([^ ]+))? ]]; then
		case ${BASH_REMATCH[1]} in
		generic) printf 'skb mode' ;;
		offload) printf 'offloaded' ;;
		*) printf 'native mode' ;;
		esac
		say ", program ${BASH_REMATCH[2]} ${BASH_REMATCH[4]-}"
	elif [[ $link == *xdpmulti* ]]; then
		say "several modes"
	else
		say "no XDP program"
	fi
}

addresses_of() {
	local kind=$1 host=$2
	printf '%s' "$(address6 "$kind" "$host")/64"
	[[ ${ENV[legacy]-} != yes ]] || printf ' %s' "$(address4 "$kind" "$host")/24"
}

pins_of() {
	local dir=$1 pin pins=()
	for pin in "$dir"/* "$dir"/programs/*; do
		[[ ! -f $pin ]] || pins+=("${pin#"$dir"/}")
	done
	[[ ${#pins[@]} == 0 ]] || printf '    %-7s%s: %s\n' pins "$dir" "${pins[*]}"
}

# status_device END DEVICE KIND HOST PIN_DIR ip's arguments that show the device
status_device() {
	printf '  %-6s %-15s %s\n' "$1" "$2" "$(addresses_of "$3" "$4")"
	printf '    %-7s%s\n' xdp "$(xdp_of "${@:6}")"
	pins_of "$5"
}

status_outer() {
	local device=$1
	if ! outer_home; then
		printf '  %-6s %-15s %s\n' outer "$device" 'in another network namespace'
	elif ! outer_ours; then
		printf '  %-6s %-15s %s\n' outer "$device" gone
	else
		status_device outer "$device" "$2" 1 "$(pin_dir_outer "$device")" -d -o link show dev "$device"
	fi
}

status_inner() {
	if ! netns_ours; then
		printf '  %-6s %-15s %s\n' inner "$1" 'gone, with its namespace'
	else
		status_device inner "$1" "$2" 2 "$(pin_dir_inner "$1")" -n "$NAME" -d -o link show dev "$1"
	fi
}

status_one() { # [REMARK]
	say "environment $NAME${1-}"
	status_outer "$NAME" link
	status_inner veth0 link
	if [[ ${ENV[vlan]-} == yes ]]; then
		status_outer "$NAME.1" vlan
		status_inner veth0.1 vlan
	fi
}

cmd_status() {
	local names last remark failed=0
	[[ ! -e $STATE_DIR && ! -L $STATE_DIR ]] || state_dir_check
	if [[ ${OPT[name]-} ]]; then names=$NAME; else names=$(state_names); fi
	[[ $names ]] || { say "no environments" && return; }
	last=$(state_last)
	for NAME in $names; do
		remark=
		[[ $names == "$NAME" || $NAME != "$last" ]] || remark=' (used last)'
		(state_read && status_one "$remark") || failed=1
	done
	return "$failed"
}
