#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A local user without rights, in a BPF filesystem where anybody may make folders and links: what he
# puts there is refused, his links are not followed, and his locks stop nobody.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets status and output
bats_require_minimum_version 1.5.0
load helpers

VICTIM=/run/victim

setup() {
	chmod 1777 "$BPFFS" # as it is when it is mounted without a mode
	make_pair
	# What root has, and he would have removed, opened or given to himself: files, and pins.
	mkdir -m 0711 "$VICTIM"
	touch "$VICTIM"/{replaced-program,programs,xdp_stats_map}
	chmod 0600 "$VICTIM"/*
	mkdir -m 0700 "$BPFFS/root_s"
	stranger_map "$BPFFS/root_s/xdp_stats_map"
	before=$(victims)
}
teardown() {
	[[ ! ${ATTACKER-} ]] || kill "$ATTACKER" || :
}

victims() { find "$VICTIM" "$BPFFS/root_s" -printf '%p %i %u %g %m %C@\n' | sort; }

unharmed() {
	local after
	after=$(victims)
	[[ $after == "$before" ]] || { diff <(echo "$before") <(echo "$after"); return 1; }
}

# He holds the lock on a folder, as process ATTACKER.
hold() { # FOLDER
	(exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all flock --no-fork "$1" sleep 60) 3>&- &
	ATTACKER=$!
	for _ in {1..500}; do
		flock --nonblock "$1" true || return 0
	done
	return 1
}

# Each command that changes something, and each way to a device.
COMMANDS=('' --direct '--direct --force' '-M' --unload --unload-all '--unload-all --force' --unpin)

# refused_all TEXT PIN-DIRECTORY OPTION...: exits 40 and says so, and nothing is attached.
refused_all() {
	local text=$1 command
	shift
	for command in "${COMMANDS[@]}"; do
		# shellcheck disable=SC2086 # words
		refused 40 "$text" "$LOADER" "$@" $command
		unharmed
	done
}

@test "a device's folder that somebody made first is refused, with its owner and its mode" {
	as_nobody mkdir "$BPFFS/v0"
	refused_all "could not use $BPFFS/v0: it is a folder of user 65534's and group 65534's, of mode 0755" -d v0
	run -40 "$LOADER" -d v0 --list
	[[ $output == *"could not use $BPFFS/v0: it is a folder of user 65534's"* ]]
	run -40 "$LESSON/maps_ctl" -d v0
	[[ $output == *"could not use $BPFFS/v0: it is a folder of user 65534's"* ]]
	rmdir "$BPFFS/v0" # as the message proposes
	run -0 "$LOADER" -d v0
	[[ $(stat -c '%u %a' "$BPFFS/v0") == "0 700" ]]
}

@test "a device's folder with links to what is root's: none of it is removed, opened or given away" {
	as_nobody mkdir -p "$BPFFS/v0/staged-pins"
	for name in replaced-program programs; do
		as_nobody ln -s "$VICTIM" "$BPFFS/v0/staged-pins/$name"
	done
	as_nobody ln -s "$BPFFS/root_s/xdp_stats_map" "$BPFFS/v0/xdp_stats_map"
	as_nobody ln -s "$VICTIM" "$BPFFS/v0/programs"
	as_nobody mkdir "$BPFFS/v0/unload-begun"
	refused_all "could not use $BPFFS/v0: it is a folder of user 65534's" -d v0
}

@test "a link in place of the device's folder is refused" {
	as_nobody ln -s "$BPFFS/root_s" "$BPFFS/v0"
	refused_all "could not use $BPFFS/v0: it is a link of user 65534's" -d v0
	as_nobody rm "$BPFFS/v0"
	as_nobody ln -s nowhere "$BPFFS/v0"
	refused_all "could not use $BPFFS/v0: it is a link of user 65534's" -d v0
}

@test "the folder of a network namespace, and one of --pin-base, that somebody made first" {
	ip netns add inner
	ip link add v4 type veth peer name veth0 netns inner
	as_nobody mkdir "$BPFFS/netns-inner"
	as_nobody ln -s "$BPFFS/root_s" "$BPFFS/netns-inner/veth0"
	refused_all "could not use $BPFFS/netns-inner: it is a folder of user 65534's" --netns inner -d veth0
	as_nobody rm -r "$BPFFS/netns-inner"
	as_nobody ln -s "$BPFFS/root_s" "$BPFFS/netns-inner"
	refused_all "could not use $BPFFS/netns-inner: it is a link of user 65534's" --netns inner -d veth0
	as_nobody mkdir "$BPFFS/my"
	as_nobody ln -s "$BPFFS/root_s" "$BPFFS/my/pins"
	refused_all "could not use $BPFFS/my: it is a folder of user 65534's" -d v0 --pin-base "$BPFFS/my/pins"
}

@test "a folder of root's that others may write to is refused, as is a base without the sticky bit" {
	"$LOADER" -q -d v0
	chmod 0775 "$BPFFS/v0"
	refused_all "could not use $BPFFS/v0: it is a folder of user 0's and group 0's, of mode 0775" -d v0
	chmod 0700 "$BPFFS/v0"
	chmod 0777 "$BPFFS/v0/programs"
	refused 40 "could not use $BPFFS/v0/programs: " "$LOADER" -d v0
	chmod 0700 "$BPFFS/v0/programs"
	run -0 "$LOADER" -d v0
	chmod 0777 "$BPFFS"
	refused 40 "could not use $BPFFS: it is a folder of user 0's and group 0's, of mode 0777" "$LOADER" -d v0
}

@test "a folder that is ours from the start is safe in a base where anybody may write" {
	"$LOADER" -q -d v0 --pin-mode 0644
	run as_nobody bash -c "cd $BPFFS; rm -r v0; mv v0 v9; ln -s /run v0/x; ln -sfn /run v0; rm v0/xdp_stats_map
		mkdir v0/staged-pins; chmod 777 v0"
	for options in '-M --pin-mode 0644' --unload --unpin; do
		# shellcheck disable=SC2086 # words
		run -0 "$LOADER" -d v0 $options
	done
	[[ ! -e $BPFFS/v0 ]]
}

# While root loads, the folder is exchanged for a link to root's, and back.
@test "a link that is swapped in again and again while root loads harms nothing" {
	(exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all bash -c "while :; do
		mkdir $BPFFS/v0; mkdir $BPFFS/v0/staged-pins; ln -s $VICTIM $BPFFS/v0/programs
		ln -s $BPFFS/root_s/xdp_stats_map $BPFFS/v0/xdp_stats_map
		mv $BPFFS/v0 $BPFFS/away; ln -s $BPFFS/root_s $BPFFS/v0; rm $BPFFS/v0
		ln -s $VICTIM $BPFFS/v0; rm $BPFFS/v0; rm -r $BPFFS/away
	done") 2>/dev/null 3>&- &
	ATTACKER=$!
	for _ in {1..20}; do
		"$LOADER" -q -d v0 --direct --pin-mode 0666 --pin-group nogroup --force || (($? == 40 || $? == 1))
		unharmed
		"$LOADER" -q -d v0 --unload || :
		"$LOADER" -q -d v0 --unpin || :
		unharmed
	done
	kill "$ATTACKER"
	ATTACKER=
}

@test "whoever may read the pins may lock nothing" {
	"$LOADER" -q -d v0 --pin-mode 0644
	hold "$BPFFS/v0"
	run -1 flock --nonblock "$BPFFS/v0" true # he has it
	for options in '-M --pin-mode 0644' --unpin '--pin --force --pin-mode 0644' --unload; do
		# shellcheck disable=SC2086 # words
		run -0 timeout 5 "$LOADER" -d v0 --lock-timeout 0.5 $options
	done
	"$LOADER" -q -d v0 --pin-mode 0644
	slow_unload() { strace -f -qq -o /dev/null -e inject=unlinkat:delay_enter=200000 "$LOADER" -q -d v0 --unload; }
	slow_unload 3>&- &
	for _ in {1..500}; do
		[[ ! -d $BPFFS/v0/writer-lock ]] || break
	done
	run ! as_nobody flock --nonblock "$BPFFS/v0/writer-lock" true
	wait $!
}

@test "libxdp's folder that somebody made first, or holds: that is said at once, with the holder, and loads are direct" {
	local options
	as_nobody mkdir "$BPFFS/xdp"
	hold "$BPFFS/xdp"
	for options in '' --direct -M --unload --unpin; do
		# shellcheck disable=SC2086 # words
		run -0 timeout 8 "$LOADER" -d v0 --lock-timeout 60 $options
		echo "$output"
		[[ $output == *"could not use libxdp's folder $BPFFS/xdp: it is user 65534's"*"process $ATTACKER of user 65534 holds its lock"* ]]
		[[ $output != *"through libxdp"* ]]
	done
	chown root:root "$BPFFS/xdp" # of root's now, and still held
	run -0 timeout 8 "$LOADER" -d v0 --lock-timeout 60
	[[ $output == *"process $ATTACKER of user 65534 holds its lock"* ]]
}

@test "iproute2's link in the place of libxdp's folder is root's: it is followed, and somebody's is not" {
	mkdir -m 0700 "$BPFFS/tc"
	ln -s tc "$BPFFS/xdp"
	run -0 "$LOADER" -d v0
	[[ $output != *warning* ]]
	"$LOADER" -q -d v0 --unload-all
	rm "$BPFFS/xdp"
	as_nobody ln -s tc "$BPFFS/xdp"
	run -0 "$LOADER" -d v0 --direct
	[[ $output == *"could not use libxdp's folder $BPFFS/xdp"* ]]
}

@test "what is not a pin of the kind expected is not removed, opened or given away in our own folder either" {
	"$LOADER" -q -d v0
	ln -s "$BPFFS/root_s/xdp_stats_map" "$BPFFS/v0/link"
	ln -s "$VICTIM" "$BPFFS/v0/staged-pins"
	refused 40 "could not use $BPFFS/v0/staged-pins: it is a link of user 0's" "$LOADER" -d v0
	rm "$BPFFS/v0/staged-pins"
	mkdir -p "$BPFFS/v0/staged-pins/programs"
	ln -s "$VICTIM" "$BPFFS/v0/staged-pins/programs/replaced-program"
	ln -s "$BPFFS/root_s/xdp_stats_map" "$BPFFS/v0/staged-pins/xdp_stats_map"
	run "$LOADER" -d v0 --pin-mode 0644
	unharmed
	rm -r "$BPFFS/v0/staged-pins"
	run -0 "$LOADER" -d v0 --pin-mode 0644
	run -0 "$LOADER" -d v0 --unload
	[[ -L $BPFFS/v0/link && $output != *"removed the pins of 2"* ]]
	unharmed
}

@test "without /proc nothing is taken for missing: an error, and what is there stays" {
	"$LOADER" -q -d v0
	run unshare --mount bash -c "mount -t tmpfs none /proc && '$LOADER' -d v0 --direct"
	echo "$output"
	((status == 40 || status == 1))
	[[ $output == *"is /proc mounted?"* ]]
	run -0 "$LOADER" -d v0 --list
	[[ $output != *stale* && $output == *live*live* ]]
}

@test "testenv.sh's teardown follows no link, and removes nothing of others" {
	"$TOP/testenv/testenv.sh" setup >/dev/null
	"$LOADER" -q -d testenv --unpin
	as_nobody mkdir -p "$BPFFS/testenv/staged-pins" "$BPFFS/netns-testenv"
	as_nobody ln -s "$VICTIM" "$BPFFS/testenv/staged-pins/replaced-program"
	as_nobody ln -s "$VICTIM" "$BPFFS/testenv/programs"
	as_nobody ln -s "$VICTIM" "$BPFFS/netns-testenv/veth0"
	run -0 "$TOP/testenv/testenv.sh" teardown
	echo "$output"
	[[ $output == *"could not remove $BPFFS/testenv"* ]]
	unharmed
	"$TOP/testenv/testenv.sh" setup >/dev/null
	rm -r "$BPFFS/netns-testenv" "$BPFFS/testenv"
	as_nobody ln -s "$VICTIM" "$BPFFS/testenv"
	run -0 "$TOP/testenv/testenv.sh" teardown
	unharmed
}
