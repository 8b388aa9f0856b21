# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: what is known of an environment, and whether what is there is ours.
# shellcheck shell=bash

STATE_DIR=/run/xdp-testenv
NETNS_DIR=/run/netns

# The environment in hand: what its state file says. A key that is not known (yet) is missing.
declare -A ENV=()

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

# For a command that works in the environment: reads its state, and makes it the one that was used last.
env_use() {
	state_read
	touch -ch -- "$STATE_DIR/$NAME" || :
}

# The environment that was used last, or nothing: its state file is the newest. So it is forgotten with
# its environment, and the one before it is the last again.
state_last() {
	local file last=
	is_roots_folder "$STATE_DIR" || return 0
	for file in "$STATE_DIR"/*; do
		[[ -f $file && ${file##*/} =~ $NAME_FORM ]] || continue
		[[ $last && ! $file -nt $last ]] || last=$file
	done
	say "${last##*/}"
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
