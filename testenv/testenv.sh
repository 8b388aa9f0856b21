#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Test environments: a network namespace and a veth pair each, to try XDP programs on.
# README.org beside this file has the picture; `testenv.sh help` the commands.
set -euo pipefail

SELF=$(readlink -f -- "${BASH_SOURCE[0]}")
TOP=${SELF%/*/*}
LOADER=$TOP/basic04-pinning-maps/xdp_loader
STATS=$TOP/basic04-pinning-maps/xdp_stats
STATE_DIR=/run/xdp-testenv
NETNS_DIR=/run/netns
BPFFS=/sys/fs/bpf
ID_MAX=254
[[ $PATH == *sbin* ]] || PATH=$PATH:/usr/sbin:/sbin # a plain `su` leaves them out

# What is on the command line.
NAME=testenv
declare -A OPT=()
ARGS=()

# The environment in hand: what its state file says, empty where that is not known (yet).
declare -A ENV=()

# ---------------------------------------------------------------- messages

say() { printf '%s\n' "$*"; }
note() { printf 'testenv.sh: %s\n' "$*" >&2; }
die() { note "$*" && exit 1; }
usage_error() { note "$*; see 'testenv.sh help'" && exit 2; }

# In single quotes, for any POSIX shell.
quote() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# ---------------------------------------------------------------- names and addresses

outer_device() { if [[ ${OPT[vlan]-} ]]; then say "$NAME.1"; else say "$NAME"; fi; }
inner_device() { if [[ ${OPT[vlan]-} ]]; then say veth0.1; else say veth0; fi; }

# address4/address6 KIND HOST: KIND is link or vlan; HOST is 1 outside, 2 inside.
address6() { case $1 in link) say "fc00:dead:cafe:${ENV[id]}::$2" ;; *) say "fc00:dead:beef:${ENV[id]}::$2" ;; esac; }
address4() { case $1 in link) say "10.11.${ENV[id]}.$2" ;; *) say "10.12.${ENV[id]}.$2" ;; esac; }

# Bpffs refuses dots in names; the tools write '_' for them.
pin_dir_outer() { say "$BPFFS/${1//./_}"; }
pin_dir_inner() { say "$BPFFS/netns-$NAME/${1//./_}"; }

# Letters, digits, '_' and '-' only: each such name means the same to the kernel, to ip, to bpffs
# and to a shell.
NAME_FORM='^[A-Za-z0-9_][A-Za-z0-9_-]*$'

check_name() {
	local LC_ALL=C # or a range may hold other letters
	[[ $NAME =~ $NAME_FORM ]] ||
		usage_error "name $(quote "$NAME") is not valid: use letters, digits, '_' and '-'"
	((${#NAME} <= 15)) || usage_error "name '$NAME' is longer than an interface name may be: 15 characters"
	[[ $NAME != netns-* && $NAME != xdp ]] ||
		usage_error "name '$NAME' is not valid: pins use 'xdp' and names that begin with 'netns-'"
	[[ -z ${OPT[vlan]-} ]] || ((${#NAME} <= 13)) ||
		usage_error "name '$NAME' is too long for --vlan: '$NAME.1' may have 15 characters"
}

# ---------------------------------------------------------------- state
# One file an environment, in a folder that only root may read or write. A file is lines of
# key=value, read as data: a key or a value that is not of the form below is an error.

declare -rA STATE_FORM=(
	[id]='^[1-9][0-9]{0,2}$'  # the number in its addresses
	[legacy]='^(yes|no)$'     # has IPv4
	[vlan]='^(yes|no)$'       # has the VLAN
	[home]='^[0-9]{1,20}$'    # network namespace of the outer device: inode
	[netns]='^[0-9]{1,20}$'   # the namespace: inode
	[mark]='^[0-9]{1,20}$'    # the same: what its lo is marked with, as inodes come again
	[ifindex]='^[0-9]{1,10}$' # the outer device, in home
)

state_dir_check() {
	[[ ! -L $STATE_DIR && -d $STATE_DIR ]] || die "cannot use $STATE_DIR: it is not a folder; remove it"
	is_roots_folder "$STATE_DIR" ||
		die "cannot trust $STATE_DIR: others than root may write there; look what it holds and remove it"
}

# Everything that changes an environment holds this lock, to its end: so two setups never take one
# number, and nobody sees one half made. The folder goes away with the last environment: who waited
# for the lock of a folder that is gone starts again.
state_lock() {
	local fd try
	trap state_dir_drop EXIT
	for ((try = 0; try < 1000; try++)); do
		mkdir -m 0700 -- "$STATE_DIR" 2>/dev/null || :
		{ exec {fd}<"$STATE_DIR"; } 2>/dev/null || continue
		flock -w 180 "$fd" || die "cannot lock $STATE_DIR: another setup or teardown holds it for three minutes"
		if [[ $STATE_DIR -ef /proc/self/fd/$fd ]]; then
			state_dir_check
			return
		fi
		exec {fd}<&-
	done
	die "cannot make the state folder $STATE_DIR: $(mkdir -- "$STATE_DIR" 2>&1 || :)"
}

# Not one that is refused: that is for its owner to look at.
state_dir_drop() {
	[[ $(stat -c %u:%a -- "$STATE_DIR" 2>/dev/null) != 0:700 ]] || rmdir -- "$STATE_DIR" 2>/dev/null || :
}

state_exists() { [[ -e $STATE_DIR/$NAME || -L $STATE_DIR/$NAME ]]; }

state_read() {
	local file=$STATE_DIR/$NAME line key
	ENV=()
	state_exists || die "no such environment: $NAME; 'testenv.sh setup' makes one"
	state_dir_check
	[[ -f $file && ! -L $file && -O $file ]] || die "cannot trust $file: it is not a file of root's; remove it"
	while IFS= read -r line || [[ $line ]]; do
		key=${line%%=*}
		[[ $line == *=* && $key =~ ^[a-z]+$ && ${STATE_FORM[$key]-} && ${line#*=} =~ ${STATE_FORM[$key]} ]] ||
			die "cannot read $file: $(printf %q "$line") is not state; remove the file, then the namespace" \
				"and the link '$NAME' by hand"
		ENV[$key]=${line#*=}
	done <"$file"
	[[ ${ENV[id]-} ]] || die "cannot read $file: it has no id; remove it"
}

state_write() {
	local key new
	new=$(mktemp "$STATE_DIR/.new.XXXXXX")
	for key in "${!ENV[@]}"; do
		printf '%s=%s\n' "$key" "${ENV[$key]}"
	done >"$new"
	mv -f -- "$new" "$STATE_DIR/$NAME"
}

state_names() {
	local file
	for file in "$STATE_DIR"/*; do
		[[ ! ${file##*/} =~ $NAME_FORM ]] || say "${file##*/}"
	done
}

inode() { stat -L -c %i -- "$1" 2>/dev/null; }

# Something of that name is there; and: it is the one that setup made.
netns_exists() { [[ -e $NETNS_DIR/$NAME ]]; }
netns_ours() {
	[[ ${ENV[netns]-} && $(inode "$NETNS_DIR/$NAME") == "${ENV[netns]}" ]] || return
	[[ ! ${ENV[mark]-} || $(ip -n "$NAME" link show dev lo) == *"alias testenv.sh ${ENV[mark]}"* ]]
}
outer_ifindex() {
	local link
	link=$(ip -o link show dev "$1" 2>/dev/null) && say "${link%%:*}"
}
outer_home() { [[ ${ENV[home]-} == "$(inode /proc/self/ns/net)" ]]; }
outer_exists() { outer_ifindex "$NAME" >/dev/null; }
outer_ours() { [[ ${ENV[ifindex]-} ]] && outer_home && [[ $(outer_ifindex "$NAME") == "${ENV[ifindex]}" ]]; }

# Not `ip netns exec`: that mounts a fresh /sys, in which bpffs and its pins are missing.
inside() { nsenter --net="$NETNS_DIR/$NAME" -- "$@"; }
inner_exists() { netns_ours && ip -n "$NAME" -o link show dev "$1" &>/dev/null; }

# ---------------------------------------------------------------- setup

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
	[[ ${OPT[vlan]-} ]] || return 0
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
setup_vlan() {
	local reason
	reason=$(ip link add link "$NAME" name "$NAME.1" type vlan id 1 2>&1) ||
		die "cannot make the VLAN device '$NAME.1': ${reason:-no reason given}" \
			"This kernel seems to have no VLANs (8021q): set up without --vlan"
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

cmd_setup() {
	state_lock
	setup_locked
	status_one
}

# ---------------------------------------------------------------- teardown

# In a BPF filesystem anybody may be allowed to make folders and links: what nobody but root can have
# put there is in folders of root's, which others may not write to.
is_roots_folder() {
	local owner mode
	[[ -d $1 && ! -L $1 ]] || return
	read -r owner mode <<<"$(stat -c '%u %a' -- "$1")"
	((owner == 0 && (8#$mode & 8#022) == 0))
}

# remove_pins DIR: the pins of one device, where xdp_loader cannot. Only what it puts there is looked
# for (also what a killed run leaves): nothing below any other folder is touched.
remove_pins() {
	local pin folder above=${1%/*}
	[[ $above == "$BPFFS" ]] || is_roots_folder "$above" || return 0
	is_roots_folder "$1" || return 0
	for folder in "$1"/{staged-pins,staged-pins/programs,staged-pins/replaced-program,programs}; do
		[[ ! -e $folder && ! -L $folder ]] || is_roots_folder "$folder" || return 0
	done
	for pin in "$1"/{staged-pins/,}{programs/,}* "$1"/staged-pins/replaced-program/*; do
		[[ ! -f $pin || -L $pin ]] || rm -f -- "$pin" || :
	done
	rm -f -- "$1"/owner{,-new} 2>/dev/null || : # links that say whose the pins were
	for folder in "$1"/{staged-pins/{programs,replaced-program,},unload-begun,writer-lock,programs,}; do
		rmdir -- "$folder" 2>/dev/null || :
	done
}

# clean_device EXISTS DIR xdp_loader's options that name the device.
clean_device() {
	local exists=$1 dir=$2
	shift 2
	if [[ -x $LOADER ]]; then
		# Forced: the link is ours, and so is everything on it.
		[[ $exists == no ]] || "$LOADER" --quiet "$@" --unload-all --force >/dev/null ||
			note "could not unload from '$NAME' ($*): going on"
		[[ ! -d $dir ]] || "$LOADER" --quiet "$@" --unpin >/dev/null 2>&1 || :
	fi
	remove_pins "$dir"
	[[ ! -e $dir && ! -L $dir ]] || note "could not remove $dir: something else is in it, or it is not root's"
}

exists() { if "$@" &>/dev/null; then say yes; else say no; fi; }

clean_devices() {
	local device outer=no
	if [[ ! -x $LOADER ]]; then note "xdp_loader is not built: removing pins only"; fi
	for device in veth0.1 veth0; do
		clean_device "$(exists inner_exists "$device")" "$(pin_dir_inner "$device")" \
			--netns "$NAME" --dev "$device"
	done
	rmdir -- "$BPFFS/netns-$NAME" 2>/dev/null || :
	# A link of that name that is not ours (any more) keeps its programs and its pins.
	if outer_ours; then outer=yes; elif outer_exists; then return; fi
	if [[ ${ENV[vlan]-} == yes ]]; then
		clean_device "$(exists outer_ifindex "$NAME.1")" "$(pin_dir_outer "$NAME.1")" --dev "$NAME.1"
	fi
	clean_device "$outer" "$(pin_dir_outer "$NAME")" --dev "$NAME"
}

# A namespace lives on, without a name, while processes run in it. They are the user's: they are
# named, not ended. The pair is deleted itself, so they keep no link, program or pin.
report_processes() {
	local pids
	netns_ours || return 0
	pids=$(ip netns pids "$NAME" 2>/dev/null | tr '\n' ' ') || :
	[[ -z $pids ]] || note "processes still run in '$NAME', without a link from now on: ${pids% }"
}

# Either end takes the other with it: from inside even where the outer one is not in our sight,
# because it was set up in another network namespace.
pair_delete() {
	if inner_exists veth0; then ip -n "$NAME" link delete dev veth0 || return; fi
	if outer_ours; then ip link delete dev "$NAME" || return; fi
}

netns_delete() {
	if netns_ours; then ip netns delete "$NAME"; fi
}

teardown_locked() {
	report_processes
	clean_devices
	pair_delete || die "cannot delete the veth pair '$NAME'; try teardown again"
	netns_delete || die "cannot delete the network namespace '$NAME'; try teardown again"
	if netns_exists; then note "a network namespace '$NAME' that is not ours stays"; fi
	if outer_exists; then note "a link '$NAME' that is not ours stays"; fi
	rm -f -- "$STATE_DIR/$NAME"
}

cmd_teardown() {
	state_exists || die "no such environment: $NAME; 'testenv.sh setup' makes one"
	state_lock
	state_read
	teardown_locked
}

cmd_reset() {
	state_exists || die "no such environment: $NAME; 'testenv.sh setup' makes one"
	state_lock
	state_read
	if [[ ${ENV[legacy]-} == yes ]]; then OPT[legacy]=1; fi
	if [[ ${ENV[vlan]-} == yes ]]; then OPT[vlan]=1; fi
	teardown_locked
	setup_locked
	status_one
}

# ---------------------------------------------------------------- status

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

status_one() {
	say "environment $NAME"
	status_outer "$NAME" link
	status_inner veth0 link
	if [[ ${ENV[vlan]-} == yes ]]; then
		status_outer "$NAME.1" vlan
		status_inner veth0.1 vlan
	fi
}

cmd_status() {
	local names failed=0
	[[ ! -e $STATE_DIR && ! -L $STATE_DIR ]] || state_dir_check
	if [[ ${OPT[name]-} ]]; then names=$NAME; else names=$(state_names); fi
	[[ $names ]] || { say "no environments" && return; }
	for NAME in $names; do
		(state_read && status_one) || failed=1
	done
	return "$failed"
}

# ---------------------------------------------------------------- inside

need_netns() {
	state_read
	netns_ours || die "cannot enter '$NAME': its network namespace is gone; see 'testenv.sh reset'"
}

need_vlan() {
	[[ -z ${OPT[vlan]-} || ${ENV[vlan]-} == yes ]] ||
		die "environment '$NAME' has no VLAN: it was set up without --vlan"
}

cmd_exec() {
	((${#ARGS[@]})) || usage_error "exec needs a command"
	need_netns
	exec nsenter --net="$NETNS_DIR/$NAME" -- "${ARGS[@]}"
}

cmd_enter() {
	need_netns
	note "a shell in network namespace '$NAME'; 'exit' leaves it"
	exec nsenter --net="$NETNS_DIR/$NAME" -- "${SHELL:-/bin/bash}"
}

cmd_ping() {
	local kind=link address
	need_netns
	need_vlan
	[[ -z ${OPT[vlan]-} ]] || kind=vlan
	if [[ ${OPT[legacy]-} ]]; then
		[[ ${ENV[legacy]-} == yes ]] ||
			die "environment '$NAME' has no IPv4: it was set up without --legacy-ip"
		address=$(address4 "$kind" 1)
	else
		address=$(address6 "$kind" 1)
	fi
	exec nsenter --net="$NETNS_DIR/$NAME" -- ping "${ARGS[@]}" "$address"
}

cmd_tcpdump() {
	need_netns
	exec nsenter --net="$NETNS_DIR/$NAME" -- tcpdump -i veth0 "${ARGS[@]}"
}

# ---------------------------------------------------------------- the tools

run_tool() {
	local tool=$1
	shift
	state_read
	need_vlan
	[[ -x $tool ]] || die "cannot run ${tool##*/}: it is not built; run make in $TOP"
	if [[ ${OPT[inner]-} ]]; then
		netns_ours || die "cannot use '$NAME': its network namespace is gone; see 'testenv.sh reset'"
		exec "$tool" --netns "$NAME" -d "$(inner_device)" "$@"
	fi
	outer_ours || die "cannot use '$NAME': its outer link is gone or in another network namespace"
	exec "$tool" -d "$(outer_device)" "$@"
}

cmd_load() { run_tool "$LOADER" "${ARGS[@]}"; }
cmd_stats() { run_tool "$STATS" "${ARGS[@]}"; }
cmd_unload() {
	((${#ARGS[@]})) || ARGS=(--unload-all)
	run_tool "$LOADER" "${ARGS[@]}"
}

cmd_watch() {
	local role=watch
	[[ ! ${OPT[plain]-} ]] || role=plain
	exec "$TOP/testenv/watch.sh" "$role" "$NAME"
}

# The shell that evaluates it reads the alias' value a second time, when it expands it.
cmd_alias() {
	local value
	value=$(quote "$SELF")
	[[ -z ${OPT[name]-} ]] || value+=" --name $NAME"
	say "alias t=$(quote "$value")"
}

# ---------------------------------------------------------------- the command line

COMMANDS=(setup teardown reset status enter exec ping tcpdump load unload stats watch alias help)

declare -rA HELP=(
	[setup]='make an environment'
	[teardown]='remove it: programs, pins, links, namespace'
	[reset]='teardown, then setup with the same options'
	[status]='list the environments, their programs and pins'
	[enter]='a shell in the namespace'
	[exec]='run a command in the namespace'
	[ping]='ping the outer end from inside'
	[tcpdump]='tcpdump in the namespace, on veth0'
	[load]='xdp_loader on the outer device'
	[unload]='xdp_loader --unload-all there (or what is given)'
	[stats]='xdp_stats on the outer device'
	[watch]='traffic, loader and live statistics side by side, in tmux'
	[alias]="print a definition of t: eval \"\$(testenv.sh alias)\""
	[help]='this text'
)
declare -rA USAGE=([exec]='exec COMMAND...' [ping]='ping [ARGUMENTS]' [tcpdump]='tcpdump [ARGUMENTS]'
	[load]='load [ARGUMENTS]' [unload]='unload [ARGUMENTS]' [stats]='stats [ARGUMENTS]')

# Which options a command knows beside --name; what else it is given.
declare -rA OPTIONS=([setup]='legacy vlan' [ping]='legacy vlan'
	[load]='inner vlan' [unload]='inner vlan' [stats]='inner vlan' [watch]=plain)
declare -rA PASSES=([exec]=command [ping]=all [tcpdump]=all [load]=all [unload]=all [stats]=all)

cmd_help() {
	local command
	cat <<-'EOF'
		Usage: testenv.sh [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]
		A network namespace and a veth pair, to try XDP programs on.

		Commands:
	EOF
	for command in "${COMMANDS[@]}"; do
		printf '  %-20s %s\n' "${USAGE[$command]-$command}" "${HELP[$command]}"
	done
	cat <<-'EOF'

		Options:
		  --name NAME          the environment, and its outer device: letters, digits,
		                       '_' and '-', at most 15 (default: testenv)
		  --legacy-ip          setup: IPv4 beside IPv6; ping: ping by IPv4
		  --vlan               setup: VLAN devices too; ping, load, unload, stats: there
		  --inner              load, unload, stats: the inner device
		  --plain              watch: one after the other, without tmux
		  -h, --help           this text
		  --                   what follows is arguments, even if it looks like these

		ARGUMENTS go to ping, tcpdump, xdp_loader or xdp_stats as they are.
		Exit codes: 0 done; 1 failed; 2 wrong usage; else those of what was run.
	EOF
}

# option_take WORD [NEXT]: takes one option of ours; sets TAKEN to the number of words it had, 0 if
# it is none of ours. Which command it is may not be known yet: options_check() looks at that.
option_take() {
	TAKEN=1
	case $1 in
	--name)
		(($# > 1)) || usage_error "option --name needs a name"
		OPT[name]=1 NAME=$2 TAKEN=2
		;;
	--name=*) OPT[name]=1 NAME=${1#*=} ;;
	--legacy-ip) OPT[legacy]=1 ;;
	--vlan) OPT[vlan]=1 ;;
	--inner) OPT[inner]=1 ;;
	--plain) OPT[plain]=1 ;;
	*) TAKEN=0 ;;
	esac
}

# args_take COMMAND WORD...
args_take() {
	local command=$1 passes=${PASSES[$1]-}
	shift
	while (($#)); do
		option_take "${@:1:2}"
		if ((TAKEN)); then
			shift "$TAKEN"
			continue
		fi
		case $passes:$1 in
		all:-- | command:--) shift && break ;;
		all:*) ARGS+=("$1") && shift ;;
		:-h | :--help | command:-h | command:--help) cmd_help && exit ;;
		:-* | command:-*) usage_error "unknown option '$1'" ;;
		command:*) break ;;
		*) usage_error "'$command' takes no argument '$1'" ;;
		esac
	done
	ARGS+=("$@")
}

options_check() {
	local option known=" name ${OPTIONS[$1]-} "
	for option in "${!OPT[@]}"; do
		[[ $known == *" $option "* ]] ||
			usage_error "option --${option/legacy/legacy-ip} is not one of '$1'"
	done
}

main() {
	local command
	while (($#)); do
		case $1 in
		-h | --help) cmd_help && exit ;;
		esac
		option_take "${@:1:2}"
		((TAKEN)) || break
		shift "$TAKEN"
	done
	(($#)) || usage_error "no command"
	command=$1
	shift
	[[ $command != -* ]] || usage_error "unknown option '$command'"
	[[ ${HELP[$command]-} ]] || usage_error "unknown command '$command'"
	args_take "$command" "$@"
	options_check "$command"
	check_name
	case $command in
	help | alias) ;;
	*)
		((EUID == 0)) || die "'$command' needs root: run it with sudo"
		[[ -e /proc/self/ns/net ]] || die "cannot work without /proc: mount it"
		;;
	esac
	"cmd_$command"
}

main "$@"
