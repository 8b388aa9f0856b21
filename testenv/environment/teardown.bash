# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: an environment goes, and all that is in it.
# shellcheck shell=bash

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
	local pin folder above=${1%/*} folders n
	[[ $above == "$BPFFS" ]] || is_roots_folder "$above" || return 0
	folders=("$1" "$1"/{programs,unload-begun,writer-lock,staged-pins}
		"$1"/staged-pins/{programs,secondary-programs,old-programs-gone,replaced-program,pins-before{,-new}{,/programs}})
	for folder in "${folders[@]}"; do
		[[ ! -e $folder && ! -L $folder ]] || is_roots_folder "$folder" || return 0
	done
	for folder in "${folders[@]}"; do
		for pin in "$folder"/*; do
			[[ ! -f $pin || -L $pin ]] || rm -f -- "$pin" || :
		done
	done
	rm -f -- "$1"/owner{,-new} 2>/dev/null || : # links that say whose the pins were
	for ((n = ${#folders[@]} - 1; n >= 0; n--)); do # those within others first
		rmdir -- "${folders[n]}" 2>/dev/null || :
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

# Who did not name the environment sees which one it was.
say_which() {
	[[ ! ${LAST-} ]] || note "$1 of '$NAME', the environment that was used last"
}

cmd_teardown() {
	state_exists || die "no such environment: $NAME; 'testenv.sh setup' makes one"
	say_which teardown
	state_lock
	state_read
	teardown_locked
}

# Whether the kernel makes the VLAN device is known when it has: better before the teardown.
reset_try_vlan() {
	setup_refuse_taken_vlan
	outer_ours || return 0
	vlan_add_outer
	ip link delete dev "$NAME.1"
}

# shellcheck disable=SC2034 # setup reads OPT
cmd_reset() {
	state_exists || die "no such environment: $NAME; 'testenv.sh setup' makes one"
	say_which reset
	state_lock
	state_read
	[[ ${ENV[vlan]-} == yes || ! ${OPT[vlan]-} ]] || reset_try_vlan
	if [[ ${ENV[legacy]-} == yes ]]; then OPT[legacy]=1; fi
	if [[ ${ENV[vlan]-} == yes ]]; then OPT[vlan]=1; fi
	teardown_locked
	setup_locked
	status_one
}
