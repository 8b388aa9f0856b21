#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The owner's link in a pin directory: whose the directory is, whatever names devices have by now.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets status and output
bats_require_minimum_version 1.5.0
load helpers

setup() { make_pair; }

index_of() { ip -o link show dev "$1" | cut -d : -f 1; } # DEVICE
rename() { ip link set "$1" down && ip link set "$1" name "$2" && ip link set "$2" up; } # DEVICE NAME
owner_of() { readlink "$BPFFS/$1/owner"; } # DIRECTORY

@test "the first load writes the owner's link, each later one leaves it, an unload removes it" {
	make_pair eth0.100 v3
	for device in v0 eth0.100; do
		dir=${device//./_}
		"$LOADER" -q -d "$device"
		[[ $(owner_of "$dir") =~ ^"$device ifindex $(index_of "$device") netns "(cookie|inode)" "[0-9]+$ ]]
		before=$(stat -c %i "$BPFFS/$dir/owner")
		"$LOADER" -q -d "$device" -M --progname xdp_drop_func
		[[ $(stat -c %i "$BPFFS/$dir/owner") == "$before" ]]
		"$LOADER" -q -d "$device" --unpin --programs-only
		[[ $(stat -c %i "$BPFFS/$dir/owner") == "$before" ]]
		"$LOADER" -q -d "$device" --unpin
		[[ ! -e $BPFFS/$dir ]]
	done
}

@test "a load that fails leaves the owner that there was, or none, and one that takes over gives the directory back" {
	run -40 "$LOADER" -d v0 --filename "$OBJECTS/loader_out_of_bounds.o"
	[[ ! -e $BPFFS/v0 ]]
	mkdir -p "$BPFFS/v0/folder"
	run -40 "$LOADER" -d v0 --filename "$OBJECTS/loader_out_of_bounds.o"
	[[ ! -L $BPFFS/v0/owner ]]
	"$LOADER" -q -d v0
	before=$(owner_of v0)
	ip link set v0 xdp off
	refused 40 "its program is not attached" "$LOADER" -d v0 --reuse-maps
	[[ $(owner_of v0) == "$before" ]]
	ip link del v0
	make_pair
	run -40 "$LOADER" -d v0 --filename "$OBJECTS/loader_out_of_bounds.o"
	[[ $(owner_of v0) == "$before" ]]
}

@test "a device of that name in another network namespace does not take the pins over, but with --force" {
	"$LOADER" -q -d v0
	ip netns add blue
	ip -n blue link add v0 type veth peer name v1
	inside=(nsenter --net=/run/netns/blue)
	index=$(index_of v0)
	for action in '' -M --unload --unload-all --unpin; do
		# shellcheck disable=SC2086 # none, or one
		refused 40 "its pins belong to v0 (ifindex $index) of another network namespace" "${inside[@]}" "$LOADER" -d v0 $action
	done
	run -40 "${inside[@]}" "$STATS" -d v0 --once
	[[ $output == *"belong to v0 (ifindex $index) of another network namespace"* ]]
	run -0 "${inside[@]}" "$LOADER" --list
	[[ $output == "v0: in another network namespace"*unknown*unknown && $output != *stale* ]]
	run -0 "${inside[@]}" "$LOADER" -d v0 --pin-base "$BPFFS/blue" # as the error proposes
	run -0 "${inside[@]}" "$LOADER" -d v0 --unload --pin-base "$BPFFS/blue"
	run -0 "${inside[@]}" "$LOADER" -d v0 --force
	refused 40 "of another network namespace" "$LOADER" -d v0
	run -40 "$STATS" -d v0 --once
}

@test "a namespace that was made again by the same name: the pins are another's until they go" {
	needs_kernel 5.14 "before, a namespace is known by its inode, which may be used again"
	ip netns add blue
	ip link add v4 type veth peer name veth0 netns blue
	"$LOADER" -q --netns blue -d veth0
	[[ $(owner_of netns-blue/veth0) == *" named blue" ]]
	ip netns del blue
	run -0 "$LOADER" --list
	[[ $output == "blue/veth0: no such network namespace"* ]]
	ip netns add blue
	ip link add v6 type veth peer name veth0 netns blue # v4 goes when the kernel comes to it
	refused 40 "belong to veth0" "$LOADER" --netns blue -d veth0
	run -0 "$LOADER" --netns blue -d veth0 --force
	run -0 "$LOADER" --netns blue -d veth0
}

@test "three devices that go by one pin name: the one whose the directory is, and no other" {
	for name in a.b.c a_b.c a.b_c; do
		make_pair "$name" "p${#made[@]}"
		made+=("$name")
	done
	"$LOADER" -q -d a.b_c
	for name in a.b.c a_b.c; do
		for action in '' --unload --unload-all --unpin; do
			# shellcheck disable=SC2086 # none, or one
			refused 40 "belong to a.b_c" "$LOADER" -d "$name" $action
		done
		run -40 "$STATS" -d "$name" --once
		[[ $output == *"belong to a.b_c"*"give --dev a.b_c"* ]]
		run -0 "$LOADER" -d "$name" --list
		[[ ${lines[0]} == "$name: the pins that go by its name are those of a.b_c" ]]
		[[ ${lines[1]} == "a.b_c: xdp_pass_func"* && $output != *stale* ]]
	done
	run -0 "$LOADER" --list
	[[ $output == "a.b_c: xdp_pass_func"* ]]
	run -0 "$STATS" --all --once
	[[ $output == *a.b_c* ]]
	run -0 "$STATS" -d a.b_c --once
	run -0 "$LOADER" -d a.b_c --unload
	run -0 "$LOADER" -d a.b.c
}

@test "a renamed device is found by its index: its directory follows it, counts and all" {
	for action in -M --unload --unload-all --unpin; do
		"$LOADER" -q -d v0 --direct
		map=$(pinned_map "$BPFFS/v0/xdp_stats_map")
		rename v0 lan.0
		run -0 "$LOADER" --list
		[[ $output == "lan.0: xdp_pass_func"*"(pinned as v0)"* && $output != *stale* ]]
		run -0 "$STATS" -d lan.0 --once
		run -0 "$STATS" -d v0 --once
		[[ $output == *"those of lan.0"*"which was v0"* ]]
		run -0 "$STATS" --all --once --json
		[[ $output == *'"device": "lan.0"'* || $output == *'"device":"lan.0"'* ]]
		refused 1 "could not find device v0" "$LOADER" -d v0 --unload
		refused 40 "belong to lan.0" "$LOADER" -d v0 --unpin
		run -0 "$LOADER" -d lan.0 "$action"
		[[ $output == *"lan.0 was v0: its pins are in $BPFFS/lan_0 now"* && ! -e $BPFFS/v0 ]]
		if [[ $action == -M ]]; then
			[[ $(pinned_map "$BPFFS/lan_0/xdp_stats_map") == "$map" && $(owner_of lan_0) == "lan.0 "* ]]
			"$LOADER" -q -d lan.0 --unload
		fi
		[[ ! -e $BPFFS/lan_0 ]]
		ip link set lan.0 xdp off
		rename lan.0 v0
	done
}

@test "a renamed device's name is another's now: that one is refused, and is told whose the pins are" {
	"$LOADER" -q -d v0
	rename v0 v9
	make_pair v0 v2
	refused 40 "its pins belong to v9 (ifindex $(index_of v9)), which was v0" "$LOADER" -d v0
	run -40 "$STATS" -d v0 --once
	[[ $output == *"give --dev v9"* ]]
	run -0 "$LOADER" -d v9 -M
	run -0 "$LOADER" -d v0
	[[ -e $BPFFS/v0/xdp_stats_map && -e $BPFFS/v9/xdp_stats_map ]]
	# Each has a directory by the other's old name: nothing is mixed up.
	rename v0 v7
	rename v9 v0
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"v0 was v9: its pins stay in $BPFFS/v9, as $BPFFS/v0 is there and not of this device"* ]]
	[[ $(owner_of v9) == "v0 "* ]]
	run -0 "$STATS" -d v0 --once
	run -0 "$LOADER" -d v7 -M
	run -0 "$LOADER" -d v0 -M
	[[ -e $BPFFS/v0/xdp_stats_map && -e $BPFFS/v7/xdp_stats_map && ! -e $BPFFS/v9 ]]
}

@test "the directory of a device that is gone is stale, and free for the next one of its name" {
	"$LOADER" -q -d v0
	ip link del v0
	run -0 "$LOADER" --list
	[[ $output == "v0: no such device"*stale*stale ]]
	make_pair
	refused 40 "may be another device's" "$LOADER" -d v0 --reuse-maps
	run -0 "$LOADER" -d v0
	[[ $(owner_of v0) == "v0 ifindex $(index_of v0) "* ]]
}

@test "a load that takes a directory over and is killed leaves it to its owner, or can be finished" {
	load kill
	make_pair a.b.c p1
	make_pair a_b.c p2
	takeover=("$LOADER" -q -d a_b.c --force)
	both_loaded() {
		"$LOADER" -q -d a_b.c --unload-all --force 2>/dev/null || :
		"$LOADER" -q -d a.b.c --unload-all --force 2>/dev/null || : # behind a dispatcher it would stay
		"$LOADER" -q -d a.b.c
	}
	both_loaded
	CHANGES='^(bpf\(BPF_OBJ_PIN|(symlink|mkdir|rename|unlink|chmod|fchown|send)[a-z0-9]*\()' \
		system_calls "${takeover[@]}" >"$BATS_TEST_TMPDIR/points"
	forth=0 back=0
	while read -r name number; do
		both_loaded
		killed=0
		strace -f -o /dev/null -e trace="$name" -e inject="$name:signal=KILL:when=$number" -- "${takeover[@]}" || killed=$?
		((killed == 137)) || continue
		echo "killed after $name $number: $(owner_of a_b_c)"
		# Until the pins are the other device's, they are shown and read as their owner's.
		if [[ $(owner_of a_b_c) == "a.b.c "* ]]; then
			run -0 "$LOADER" -d a.b.c --list
			[[ $output == *live* && $output != *stale* ]]
			run -0 "$STATS" -d a.b.c --once
		fi
		run "$LOADER" -d a_b.c -U 4294967295 # repairs; does nothing else
		echo "$output"
		if [[ $(owner_of a_b_c) == "a.b.c "* ]]; then
			[[ $(attached_id a_b.c) == none && $output == *"its pins belong to a.b.c"* ]]
			run "$LOADER" -d a.b.c -M
			echo "$output"
			back=$((back + 1))
		else
			run "$LOADER" -d a_b.c -M
			echo "$output"
			forth=$((forth + 1))
		fi
		[[ $output == *"1 reused"* && ! -e $BPFFS/a_b_c/staged-pins ]]
	done <"$BATS_TEST_TMPDIR/points"
	echo "# $BATS_TEST_DESCRIPTION: $back undone, $forth finished" >&3
	((back > 5 && forth > 5))
}

@test "a load that takes a directory over, fails and cannot be undone gives it back by the next commands" {
	make_pair a.b.c p1
	make_pair a_b.c p2
	"$LOADER" -q -d a.b.c
	map=$(pinned_map "$BPFFS/a_b_c/xdp_stats_map")
	run -40 strace -f -o /dev/null -e 'inject=?unlink,?unlinkat:error=EIO:when=1+' -- "$LOADER" -d a_b.c --force
	[[ $output == *"the load on a_b.c is not undone: the next command finishes it, or undoes it"* ]]
	run "$LOADER" -d a_b.c -U 4294967295 # repairs; does nothing else
	echo "$output"
	if [[ $(attached_id a_b.c) != none ]]; then # libxdp could not take it off
		[[ $(owner_of a_b_c) == "a_b.c "* ]]
		return
	fi
	[[ $(owner_of a_b_c) == "a.b.c "* ]]
	run -0 "$LOADER" -d a.b.c -M
	[[ $output == *"1 reused"* && ! -e $BPFFS/a_b_c/staged-pins ]]
	[[ $(pinned_map "$BPFFS/a_b_c/xdp_stats_map") == "$map" ]]
}

@test "the owner of a directory is refused while another device's load that takes it over is not done" {
	load kill
	make_pair a.b.c p1
	make_pair a_b.c p2
	"$LOADER" -q -d a.b.c
	strace -f -o /dev/null -e 'inject=?chmod,?fchmodat:signal=KILL:when=1' -- "$LOADER" -q -d a_b.c --force || :
	refused 40 "a load on a_b.c (ifindex $(index_of a_b.c)) was stopped while it took the pins over" "$LOADER" -d a.b.c -M
	run -0 "$LOADER" -d a.b.c --list
	[[ $output == "a.b.c: xdp_pass_func"* && $output != *stale* ]]
	ip link del a_b.c
	run -0 "$LOADER" -d a.b.c -M
	[[ $output == *"1 reused"* && ! -e $BPFFS/a_b_c/staged-pins && $(owner_of a_b_c) == "a.b.c "* ]]
}

@test "a directory whose owner is gone is left to the device whose stopped load takes it over" {
	make_pair a.b.c p1
	make_pair a_b.c p2
	make_pair a.b_c p3
	"$LOADER" -q -d a.b.c
	strace -f -o /dev/null -e 'inject=?rename,?renameat,?renameat2:signal=KILL:when=1' -- "$LOADER" -q -d a_b.c --force || :
	[[ $(owner_of a_b_c) == "a.b.c "* && $(attached_id a_b.c) != none ]]
	ip link del a.b.c
	run -0 "$LOADER" --list
	[[ $output == "a_b.c: "* && $output != *"a.b.c: "* ]]
	run -0 "$LOADER" --list -d a_b.c
	[[ $output == "a_b.c: "* && $output != *"a.b.c"* ]]
	run -0 "$LOADER" --clean
	[[ $output == "nothing to clean: each device that has pins is there" ]]
	refused 40 "a load on a_b.c (ifindex $(index_of a_b.c)) was stopped while it took the pins over" "$LOADER" -d a.b_c
	run -0 "$LOADER" -d a_b.c -M
	[[ $output == *"1 reused"* && ! -e $BPFFS/a_b_c/staged-pins && $(owner_of a_b_c) == "a_b.c "* ]]
}

@test "an altname is the same device, with one directory" {
	ip link property add dev v0 altname enp9s0
	run -0 "$LOADER" -d enp9s0
	[[ $output == "v0: attached"* && ! -e $BPFFS/enp9s0 ]]
	run -0 "$LOADER" -d v0 -M
	run -0 "$STATS" -d enp9s0 --once
	run -0 "$LOADER" -d enp9s0 --list
	[[ $output == "v0: xdp_pass_func"* ]]
	run -0 "$LESSON/maps_ctl" -d enp9s0 --force
	run -0 "$LESSON/maps_ctl" -d enp9s0 --get
	run -0 "$LOADER" -d enp9s0 --unload
	[[ ! -e $BPFFS/v0 ]]
}

@test "folders of other tools, and of other users, are not devices" {
	stranger_map "$BPFFS/theirs_map"
	mkdir -p "$BPFFS/xdp-filter" "$BPFFS/ours_not"
	stranger_map "$BPFFS/xdp-filter/filter_ports"
	bpftool map create "$BPFFS/ours_not/xdp_stats_map" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
	ln -s 'v1 ifindex 1' "$BPFFS/ours_not/owner"
	chmod 1777 "$BPFFS"
	as_nobody mkdir "$BPFFS/v1"
	as_nobody ln -s 'v1 ifindex 1 netns cookie 1' "$BPFFS/v1/owner"
	as_nobody ln -s "$BPFFS/ours_not/xdp_stats_map" "$BPFFS/v1/xdp_stats_map"
	"$LOADER" -q -d v0
	run -0 "$LOADER" --list
	echo "$output"
	[[ $output == *"v0: xdp_pass_func"* && $output != *filter* && $output != *ours_not* && $output != *"v1: "* ]]
	[[ $output == *"$BPFFS/v1 is left out: it is user 65534's and group 65534's, of mode 0755"* ]]
	run -0 "$STATS" --all --once --format csv
	echo "$output"
	[[ $output == *'"v0",'* && $output != *ours_not* && $output != *'"v1",'* ]]
	run -0 "$STATS" --all -i 0.1 -n 5
	[[ $(grep -c "$BPFFS/v1 is left out: it is user 65534's" <<<"$output") == 1 ]]
}

@test "a directory of before there were owners is taken over if its program is attached to the device" {
	"$LOADER" -q -d v0
	rm "$BPFFS/v0/owner"
	run -0 "$LOADER" --list
	[[ $output == *"not ours"*"nothing is pinned" ]]
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"1 reused"* && $(owner_of v0) == "v0 "* ]]
	rm "$BPFFS/v0/owner"
	ip link set v0 xdp off
	refused 40 "nothing says whose it is" "$LOADER" -d v0
	run -0 "$LOADER" -d v0 --force
	[[ $(owner_of v0) == "v0 "* ]]
	rm "$BPFFS/v0/owner"
	ip link set v0 xdp off
	run -0 "$LOADER" -d v0 --unpin --force
	[[ ! -e $BPFFS/v0 ]]
}

@test "names that others use in the BPF filesystem are refused at once, with the reason" {
	make_pair v2 v3
	ip link set dev v2 down
	ip link set dev v2 name xdp # "ip link add xdp" means something else
	make_pair netns-x v5
	for action in '' --direct --unload --unpin --list; do
		# shellcheck disable=SC2086 # none, or one
		run timeout 5 "$LOADER" -d xdp $action
		[[ $status != 0 && $status != 124 && $output == *"could not use device xdp: $BPFFS/xdp is not for a device, but libxdp's"* ]]
		# shellcheck disable=SC2086 # none, or one
		run timeout 5 "$LOADER" -d netns-x $action
		[[ $status != 0 && $output == *"could not use device netns-x: "*"for a network namespace; rename the device"* ]]
	done
	run ! "$STATS" -d netns-x --once
	[[ $output == *"rename the device"* ]]
}
