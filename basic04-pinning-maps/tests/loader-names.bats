#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: names with dots, network namespaces, where the BPF filesystem is.
load helpers
bats_require_minimum_version 1.5.0

@test "a device with a dot in its name is pinned with '_' for it" {
	make_pair eth0.100 v1
	run -0 "$LOADER" -d eth0.100
	[[ -e $BPFFS/eth0_100/xdp_stats_map && $(attached_mode eth0.100) == xdp ]]
	"$LOADER" -q -d eth0.100 -M
	run -0 "$STATS" -d eth0.100 --once
	run -0 "$LOADER" -d eth0.100 -U
	[[ ! -e $BPFFS/eth0_100 ]]
}

@test "two devices that go by one pin name are told apart: an error names both" {
	make_pair eth0.100 v1
	make_pair eth0_100 v3
	"$LOADER" -q -d eth0.100
	for action in "" --unload-all --unpin; do
		# shellcheck disable=SC2086
		refused 40 "eth0_100" "$LOADER" -d eth0_100 $action
		[[ $output == *"belong to eth0.100"* ]]
	done
	run -0 "$LOADER" --list
	[[ $output == "eth0.100: xdp_pass_func"* ]]
	run -40 "$STATS" -d eth0_100 --once
	[[ $output == *"belong to eth0.100 "*"--dev eth0.100"* ]]
	ip link del eth0_100
	run -40 "$STATS" -d eth0_100 --once
	[[ $output == *"--dev eth0.100"* ]]
}

@test "a device in a named network namespace: its pins are in the caller's BPF filesystem" {
	ip netns add in.ner
	ip link add v0 type veth peer name veth0 netns in.ner
	run -0 "$LOADER" --netns in.ner -d veth0
	[[ -e $BPFFS/netns-in_ner/veth0/xdp_stats_map ]]
	ip -n in.ner -o link show veth0 | grep -q ' xdp '
	run -0 "$STATS" --netns in.ner -d veth0 --once
	[[ $output == *XDP_PASS* ]]
	run -0 "$LOADER" --netns in.ner -d veth0 --unload-all
	[[ ! -e $BPFFS/netns-in_ner ]]
}

@test "a network namespace that is not there, or no name for one" {
	refused 1 "could not enter network namespace nowhere" "$LOADER" --netns nowhere -d v0
	refused 2 "is not a network namespace" "$LOADER" --netns ../x -d v0
}

@test "inside 'ip netns exec' the error names both remedies" {
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	refused 40 "--netns inner" ip netns exec inner "$LOADER" -d veth0
	[[ $output == *"nsenter --net=/run/netns/inner"* ]]
	run -0 nsenter --net=/run/netns/inner "$LOADER" -d veth0
	[[ -e $BPFFS/veth0/xdp_stats_map ]]
	refused 40 "--netns inner" ip netns exec inner "$STATS" -d veth0
}

@test "where no BPF filesystem is mounted, one is, and that is said" {
	make_pair
	# The machine's own mount namespace is the one of process 1.
	run -0 unshare --mount --pid --fork --mount-proc bash -c "
		umount $BPFFS && '$LOADER' -d v0 && findmnt -no FSTYPE $BPFFS &&
		test -e $BPFFS/v0/xdp_stats_map && '$LOADER' -q -d v0 --unload-all"
	[[ $output == *"mounted a BPF filesystem at $BPFFS"* && $output == *bpf* ]]
}

@test "--pin-base: another folder in a BPF filesystem, which is made; not one elsewhere" {
	make_pair
	run -0 "$LOADER" -d v0 --pin-base "$BPFFS/my/pins" --direct
	[[ -e $BPFFS/my/pins/v0/xdp_stats_map ]]
	run -0 "$STATS" -d v0 --pin-base "$BPFFS/my/pins" --once
	refused 40 "could not find a BPF filesystem at $BATS_TEST_TMPDIR" \
		"$LOADER" -d v0 --pin-base "$BATS_TEST_TMPDIR"
	refused 30 "not ours" "$LOADER" -d v0 --direct
}

@test "a VLAN-like name and a namesake that runs nothing do not get in each other's way" {
	make_pair eth0.100 v1
	make_pair eth0_100 v3
	"$LOADER" -q -d eth0_100
	run "$LOADER" -d eth0.100
	[[ $status == 40 && $output == *"eth0.100"*"eth0_100"* ]]
	"$LOADER" -q -d eth0_100 --unload-all
	run -0 "$LOADER" -d eth0.100
	run -0 "$LOADER" -d eth0.100 --unload-all
	[[ ! -e $BPFFS/eth0_100 ]]
}

@test "namesakes side by side with a --pin-base each, as the error proposes" {
	make_pair eth0.100 v1
	make_pair eth0_100 v3
	"$LOADER" -q -d eth0.100
	refused 40 "--pin-base" "$LOADER" -d eth0_100
	run -0 "$LOADER" -d eth0_100 --pin-base "$BPFFS/second"
	[[ $(attached_id eth0_100) == "$(pinned_program "$BPFFS/second/eth0_100/programs/xdp_pass_func")" ]]
	[[ $(attached_id eth0.100) == "$(pinned_program "$BPFFS/eth0_100/programs/xdp_pass_func")" ]]
}

@test "two namespaces that go by one pin name are told apart: an error names both" {
	ip netns add a.b
	ip netns add a_b
	ip link add v0 type veth peer name veth0 netns a.b
	ip link add v1 type veth peer name veth0 netns a_b
	"$LOADER" -q --netns a.b -d veth0
	map=$(pinned_map "$BPFFS/netns-a_b/veth0/xdp_stats_map")
	run "$LOADER" --netns a_b -d veth0
	echo "$output"
	[[ $status == 40 && $output == *a.b* && $output == *a_b* ]]
	[[ $(pinned_map "$BPFFS/netns-a_b/veth0/xdp_stats_map") == "$map" ]]
	run -0 "$LOADER" --netns a.b -d veth0 --unload
}

@test "names with dots at either end, and many" {
	for name in .v v. a.b.c ...; do
		make_pair "$name" peer
		pins=$BPFFS/${name//./_}
		run -0 "$LOADER" -d "$name"
		[[ -e $pins/xdp_stats_map && $(attached_mode "$name") == xdp ]]
		run -0 "$LOADER" -d "$name" --list
		[[ $output == "$name: xdp_pass_func"* && $output != *stale* ]]
		run -0 "$LOADER" -d "$name" -U
		[[ ! -e $pins ]]
		ip link del "$name"
	done
}

@test "a name of 15 characters, and one that a shell or a format would trip over" {
	# shellcheck disable=SC2016,SC1003
	for name in abcdefghijklmno 'a"$(b)`*\' -d "ä"; do
		ip link add name "$name" type veth peer name peer
		run -0 "$LOADER" -d "$name"
		[[ $output == "$name: attached"* && -e $BPFFS/$name/xdp_stats_map ]]
		run -0 "$LOADER" --list
		[[ $output == "$name: xdp_pass_func"* ]]
		run -0 "$LOADER" -d "$name" --unload
		[[ ! -e $BPFFS/$name ]]
		ip link del dev "$name"
	done
}

@test "a name of 16 characters is not a device's, not even that of one that begins like it" {
	make_pair abcdefghijklmno v1
	refused 2 "longer than 15 characters" "$LOADER" -d abcdefghijklmnop
}

@test "a device called like what the pin directory needs for itself" {
	for name in programs staged-pins unload-begun xdp_stats_map maps.debug; do
		make_pair "$name" peer
		run -0 "$LOADER" -d "$name"
		[[ $(attached_id "$name") == "$(pinned_program "$BPFFS/${name//./_}/programs/xdp_pass_func")" ]]
		run -0 "$LOADER" -d "$name" --unload-all
		ip link del "$name"
	done
	[[ -z $(pins -type d -print) ]]
}

@test "--netns: reload, reuse, --unload ID, in the namespace and nowhere else" {
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	ip link add name veth0 type veth peer name v1 # of the same name here
	"$LOADER" -q --netns inner -d veth0
	map=$(pinned_map "$BPFFS/netns-inner/veth0/xdp_stats_map")
	[[ $(attached_id veth0) == none && ! -e $BPFFS/veth0 ]]
	"$LOADER" -q -d veth0 --progname xdp_drop_func
	run -0 "$LOADER" --netns inner -d veth0 -M
	[[ $output == *"1 reused"* && $(pinned_map "$BPFFS/netns-inner/veth0/xdp_stats_map") == "$map" ]]
	id=$(pinned_program "$BPFFS/netns-inner/veth0/programs/xdp_pass_func")
	[[ $(attached_id veth0 inner) == "$id" ]]
	refused 30 "it is not there" "$LOADER" -d veth0 --unload "$id"
	run -0 "$LOADER" --netns inner -d veth0 --unload "$id"
	[[ $(attached_id veth0 inner) == none ]]
	[[ ! -e $BPFFS/netns-inner && $(attached_id veth0) != none ]]
}

@test "--netns: a device that is here is not there" {
	make_pair
	ip netns add inner
	refused 1 "could not find device v0 in network namespace inner" "$LOADER" --netns inner -d v0
	[[ ! -e $BPFFS/netns-inner ]]
}

@test "--netns: namesakes are looked for in the namespace" {
	ip netns add inner
	ip link add v0 type veth peer name eth0.100 netns inner
	ip link add v1 type veth peer name eth0_100 netns inner
	make_pair eth0_100 v3 # here: nobody's namesake there
	"$LOADER" -q --netns inner -d eth0.100
	refused 40 "belong to eth0.100" "$LOADER" --netns inner -d eth0_100
	run -0 "$LOADER" -d eth0_100
}

@test "inside 'ip netns exec' each action names both remedies, and mounts nothing" {
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	for action in "-d veth0" "-d veth0 --unload" "-d veth0 --unload-all" "-d veth0 --unpin" \
		"-d veth0 --list" --list; do
		# shellcheck disable=SC2086
		refused 40 "--netns inner" ip netns exec inner "$LOADER" $action
		[[ $output == *"nsenter --net=/run/netns/inner"* ]]
	done
}

@test "inside 'ip netns exec' with a BPF filesystem there, it is used" {
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	run -0 ip netns exec inner bash -c "mount -t bpf -o mode=0755 bpf $BPFFS && '$LOADER' -d veth0 && test -e $BPFFS/veth0/xdp_stats_map"
	[[ $output != *"mounted a BPF"* ]]
}

@test "--list where no BPF filesystem is mounted mounts none" {
	run unshare --mount --pid --fork --mount-proc bash -c "
		umount $BPFFS; '$LOADER' --list; echo \"exit \$?\"; mountpoint $BPFFS"
	echo "$output"
	[[ $output == *"mount -t bpf -o mode=0755 bpf $BPFFS"*"exit 40"*"is not a mountpoint"* ]]
}

@test "where a BPF filesystem has just been mounted, --quiet does not say so, but is done" {
	make_pair
	run -0 unshare --mount --pid --fork --mount-proc bash -c "
		umount $BPFFS && '$LOADER' -q -d v0 && test -e $BPFFS/v0/xdp_stats_map"
	[[ -z $output ]]
}

@test "--pin-base elsewhere: other bases are not looked at, and a wrong one is named" {
	make_pair
	"$LOADER" -q -d v0 --pin-base "$BPFFS/mine"
	refused 30 "not ours" "$LOADER" -d v0 --unload
	run -0 "$LOADER" -d v0 --unload --pin-base "$BPFFS/mine"
	[[ $(attached_id v0) == none ]]
	mkdir "$BATS_TEST_TMPDIR/second"
	mount -t bpf -o mode=0755 bpf "$BATS_TEST_TMPDIR/second"
	run -0 "$LOADER" -d v0 --pin-base "$BATS_TEST_TMPDIR/second"
	[[ -e $BATS_TEST_TMPDIR/second/v0/xdp_stats_map && ! -e $BPFFS/v0 ]]
	for base in /nowhere /proc /etc/passwd; do
		for action in --unload --list --unpin; do
			refused 40 "$base" "$LOADER" -d v0 "$action" --pin-base "$base"
		done
	done
}

@test "--pin-base may be relative to the working directory, and end in a slash" {
	make_pair
	cd "$BPFFS"
	for base in . ./rel/ rel "$BPFFS/"; do
		run -0 "$LOADER" -d v0 --pin-base "$base"
		[[ -e $base/v0/xdp_stats_map ]]
		run -0 "$LOADER" -d v0 --unload --pin-base "$base"
	done
}

@test "a device of the largest index that there is" {
	ip link add big index 2147483647 type veth peer name small
	"$LOADER" -q -d big
	run -0 "$LOADER" -d big -M
	[[ $output == *"1 reused"* && $(readlink "$BPFFS/big/owner") == "big ifindex 2147483647 "* ]]
	run -0 "$LOADER" --list
	[[ $output == "big: xdp_pass_func"*live*live ]]
	run -0 "$STATS" --all --once
	"$LOADER" -q -d big --unload
	[[ ! -e $BPFFS/big ]]
}
