#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2154 # bats sets stderr, continue_stopped sets code
# xdp_loader --features: what the kernel reports of a device's driver, and what is unknown.
load helpers
load fault
bats_require_minimum_version 1.5.0
teardown() { stopped_end; }

# The first words of the answers in one line; sets output to all of them.
features() { # DEVICE [OPTION...]
	run -0 --separate-stderr "$LOADER" --features -d "$@"
	echo "$output"
	[[ -z $stderr && ${#lines[@]} == 11 && ${lines[0]} == *"$1: what its driver can do with XDP" ]]
	answers=$(tail -n +2 <<<"$output" | sed -E 's/.*  ([a-z]+).*/\1/' | xargs)
}

needs_report() { needs_kernel 6.8 "it does not report all features"; }

@test "--features of a veth: native, frags, redirect, hints; and a redirect to it once its peer has a program" {
	needs_report
	make_pair
	features v0
	[[ $answers == "yes yes yes no no no no yes yes yes" ]]
	"$LOADER" -q -d v1
	features v0
	[[ $answers == "yes yes yes yes yes no no yes yes yes" ]]
	[[ ${lines[4]} =~ redirect\ to\ it\ +yes$ && ${lines[10]} =~ hint:\ VLAN\ tag\ +yes$ ]]
	features v1 # its own program changes nothing
	[[ $answers == "yes yes yes no no no no yes yes yes" ]]
}

@test "--features of a bridge: nothing, and a native load fails as it says" {
	needs_report
	ip link add name br0 type bridge
	features br0
	[[ $answers == "no no no no no no no no no no" ]]
	[[ ${lines[1]} =~ native\ mode\ +no:\ use\ --skb-mode$ ]]
	refused 30 "in native mode" "$LOADER" -d br0
	"$LOADER" -q -d br0 --skb-mode
}

@test "--features of a veth with too few queues: no native mode, and a native load fails as it says" {
	needs_report
	ip link add v0 numrxqueues 1 numtxqueues 2 type veth peer name v1 numrxqueues 1 numtxqueues 2
	features v0
	[[ $answers == "no no no no no no no yes yes yes" ]]
	refused 30 "in native mode" "$LOADER" -d v0
}

@test "--features --json: an object, valid by its schema; also in a network namespace, by another name" {
	local object=$BATS_TEST_TMPDIR/object
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	ip -n inner link property add dev veth0 altname uplink
	run -0 --separate-stderr "$LOADER" --netns inner -d uplink --features --json
	tee "$object" <<<"$output"
	assert_valid xdp_loader-features "$object"
	jq -e --argjson index "$(ip netns exec inner cat /sys/class/net/veth0/ifindex)" \
		'.device == "veth0" and .netns == "inner" and .ifindex == $index' "$object"
	needs_report
	jq -e '.native and .frags and .redirect and .redirect_target == false and .zero_copy == false and
		.zero_copy_buffers == null and .hint_hash' "$object"
	features veth0 --netns inner
	[[ ${lines[0]} == "inner/veth0: "* ]]
}

@test "--features on a kernel without the netdev family: unknown, the kernel that has it, and exit code 0" {
	local object=$BATS_TEST_TMPDIR/object fault=()
	make_pair
	if kernel_is 6.3; then fault=(netlink_fault CTRL_CMD_GETFAMILY:1:ENOENT); fi
	run -0 --separate-stderr "${fault[@]}" "$LOADER" -d v0 --features
	echo "$output"
	[[ -z $stderr && $(grep -c "unknown: Linux 6.3 or newer reports it" <<<"$output") == 7 ]]
	[[ $(grep -c "unknown: Linux 6.7 or newer reports it" <<<"$output") == 3 && ${#lines[@]} == 11 ]]
	run -0 "${fault[@]}" "$LOADER" -d v0 --features --json
	tee "$object" <<<"$output"
	assert_valid xdp_loader-features "$object"
	[[ $(jq -c '[.[] | select(. == true or . == false)]' "$object") == "[]" ]]
}

@test "--features: an error of asking is an error, and no answer" {
	make_pair
	for fault in CTRL_CMD_GETFAMILY:1:EBUSY CTRL_CMD_GETFAMILY:1:lost; do
		run -1 --separate-stderr netlink_fault "$fault" "$LOADER" -d v0 --features
		[[ -z $output && $stderr == *"could not ask the kernel for the XDP features of v0: "* ]]
	done
	refused 1 "could not find device nodevice" "$LOADER" -d nodevice --features
	refused 1 "could not enter network namespace nowhere" "$LOADER" -d v0 --netns nowhere --features
}

@test "--features of a device that goes while it is asked about" {
	kernel_is 6.3 || skip "this kernel is before 6.3: it is not asked"
	make_pair
	stop_before CTRL_CMD_GETFAMILY:1 "$LOADER" -d v0 --features
	ip link del v0
	continue_stopped
	[[ $code == 1 && $(<"$BATS_TEST_TMPDIR/said") == *"features of v0: No such device" ]]
}

@test "--features needs no privilege and no BPF filesystem, and no options of a load" {
	make_pair
	umount "$BPFFS"
	run -0 setpriv --reuid=65534 --regid=65534 --clear-groups "$LOADER" -d v0 --features
	[[ ${#lines[@]} == 11 ]]
	refused 2 "Give --dev" "$LOADER" --features
	refused 2 "--features and --list exclude each other" "$LOADER" -d v0 --features --list
	refused 2 "--skb-mode does not go with --features" "$LOADER" -d v0 --features -S
	refused 2 "--pin-base does not go with --features" "$LOADER" -d v0 --features --pin-base /
}
