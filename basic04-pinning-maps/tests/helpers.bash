# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What every behaviour test needs; `load helpers` at the top of a .bats file.
#
# Each @test runs in network and mount namespaces of its own, with a private bpffs on /sys/fs/bpf
# and a private /run: it cannot see or touch the machine's links, namespaces and pins.
# shellcheck shell=bash

# bats runs each test by bats-exec-test, which sources the file: that process starts itself anew
# inside the namespaces, before it has done anything else.
if [[ $0 == */bats-exec-test && -z ${XDP_TEST_ISOLATED-} ]]; then
	mapfile -d '' -t self </proc/$$/cmdline
	machine_mnt=$(readlink /proc/self/ns/mnt) machine_net=$(readlink /proc/self/ns/net)
	export XDP_TEST_ISOLATED="$machine_mnt $machine_net"
	rmdir "$BATS_TEST_TMPDIR" # it makes this folder again
	exec unshare --mount --net --propagation private -- "${self[@]}"
fi

if [[ $0 == */bats-exec-test ]]; then
	read -r machine_mnt machine_net <<<"$XDP_TEST_ISOLATED"
	[[ $(readlink /proc/self/ns/mnt) != "$machine_mnt" ]]
	[[ $(readlink /proc/self/ns/net) != "$machine_net" ]]
	mount -t bpf -o mode=0755 bpf /sys/fs/bpf
	mount -t tmpfs -o mode=0755 tmpfs /run
	mkdir -p /run/netns
	ip link set lo up
fi

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
# shellcheck disable=SC2034  # for the tests
{
	LESSON=$TOP/basic04-pinning-maps
	LOADER=$LESSON/xdp_loader
	STATS=$LESSON/xdp_stats
	OBJECTS=$TOP/build/tests
	BPFFS=/sys/fs/bpf
}

# make_pair [DEVICE [PEER]]: a veth pair that is up and sends nothing by itself.
make_pair() {
	local device=${1-v0} peer=${2-v1} end
	ip link add "$device" type veth peer name "$peer"
	for end in "$device" "$peer"; do
		echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"
		ip link set "$end" up
	done
}

# The program's ID, or none; behind libxdp's dispatcher, that of the first program.
attached_id() { # DEVICE
	local index id name
	read -r index id name < <(ip -j link show "$1" |
		jq -r '.[0] | "\(.ifindex) \(.xdp.prog.id // "none") \(.xdp.prog.name)"')
	if [[ $name == xdp_dispatcher ]]; then
		id=$(pinned_program "$BPFFS/xdp/dispatch-$index-$id/prog0-prog")
	fi
	echo "$id"
}

attached_mode() { # DEVICE: xdp, xdpgeneric or none
	ip -o link show "$1" | grep -o ' xdp[a-z]* ' | tr -d ' ' || echo none
}

# The ID of whatever is pinned at a path.
pinned_id() { # PATH
	bpftool -j map show pinned "$1" 2>/dev/null | jq -er .id || pinned_program "$1"
}
pinned_map() { bpftool -j map show pinned "$1" | jq -r .id; }
pinned_program() { bpftool -j prog show pinned "$1" | jq -r .id; }

# Runs the program that is pinned at a path on a frame of 64 bytes, without a device.
run_pinned() { # PATH TIMES
	head -c 64 /dev/zero >"$BATS_TEST_TMPDIR/frame"
	bpftool -j prog run pinned "$1" data_in "$BATS_TEST_TMPDIR/frame" repeat "$2" >/dev/null
}

# All packets of a map of the contract's layout, from its raw bytes: not every one comes with BTF.
packets_in() { # PATH
	bpftool -j map dump pinned "$1" | jq '
		def byte: ltrimstr("0x") | explode | map(if . > 57 then . - 87 else . - 48 end) | .[0] * 16 + .[1];
		[.[].values[].value[:8] | reverse | reduce .[] as $hex (0; . * 256 + ($hex | byte))] | add'
}

# A program that xdp_loader knows nothing of, pinned at $BPFFS/theirs; prints its ID.
foreign_program() { # DEVICE [xdpdrv|xdpgeneric]
	[[ -e $BPFFS/theirs ]] || bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	bpftool net attach "${2-xdpdrv}" pinned "$BPFFS/theirs" dev "$1"
	pinned_program "$BPFFS/theirs"
}

stranger_map() { # PATH: pins a map there that no program uses
	bpftool map create "$1" type array key 4 value 4 entries 1 name stranger
}

# Attaches the program at a path to a device by a bpf_link, and pins that. bpftool cannot; perl is
# there wherever prove is.
attach_by_link() { # PROGRAM-PIN DEVICE LINK-PIN [skb]
	local number mode=4
	case $(uname -m) in
	x86_64) number=321 ;;
	aarch64) number=280 ;;
	*) skip "bpf() has a number here that this test does not know" ;;
	esac
	[[ ${4-} != skb ]] || mode=2 # XDP_FLAGS_SKB_MODE; 4 is XDP_FLAGS_DRV_MODE
	# shellcheck disable=SC2016  # the variables are perl's
	perl -e 'my ($number, $program, $index, $mode, $pin) = @ARGV;
		sub bpf { my $got = syscall($number + 0, @_, length $_[1]); $got < 0 and die "bpf $_[0]: $!\n"; $got }
		sub path { my $path = "$_[0]\0"; push our @kept, \$path; unpack "Q", pack "P", $path }
		my $fd = bpf(7, pack "QLL", path($program), 0, 0);
		my $link = bpf(28, pack "LLLLx48", $fd, $index, 37, $mode);
		bpf(6, pack "QLL", path($pin), $link, 0);' \
		"$number" "$1" "$(ip -j link show "$2" | jq '.[0].ifindex')" "$mode" "$3"
}

# Everything that a command might have changed: what is attached, and all pins. The kernel's own
# two iterators in a fresh bpffs are read-only.
state() {
	local netns
	ip -j link show | jq -c '.[] | [.ifname, .xdp]'
	for netns in /run/netns/*; do
		[[ ! -e $netns ]] || ip -n "${netns##*/}" -j link show | jq -c '.[] | [.ifname, .xdp]'
	done
	find "$BPFFS" -printf '%p %i\n' | sort
}

# shellcheck disable=SC2154  # bats sets status and output
# Runs a command that must fail with this code, say this, and change nothing.
refused() { # CODE TEXT COMMAND...
	local code=$1 text=$2 before
	shift 2
	before=$(state)
	run "$@"
	echo "$output"
	[[ $status == "$code" && $output == *"$text"* && $(state) == "$before" ]]
}
