# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What every behaviour test needs; `load helpers` at the top of a .bats file.
#
# Each @test runs in network and mount namespaces of its own (testenv/private.sh): it cannot see or
# touch the machine's links, namespaces and pins.
# shellcheck shell=bash

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# bats runs each test by bats-exec-test, which sources the file: that process starts itself again
# inside the namespaces, before it has done anything else.
if [[ $0 == */bats-exec-test && -z ${XDP_TEST_ISOLATED-} ]]; then
	mapfile -d '' -t self </proc/$$/cmdline
	machine_mnt=$(readlink /proc/self/ns/mnt) machine_net=$(readlink /proc/self/ns/net)
	export XDP_TEST_ISOLATED="$machine_mnt $machine_net"
	rmdir "$BATS_TEST_TMPDIR" # it makes this folder again
	exec "$TOP/testenv/private.sh" "${self[@]}"
fi

if [[ $0 == */bats-exec-test ]]; then
	read -r machine_mnt machine_net <<<"$XDP_TEST_ISOLATED"
	[[ $(readlink /proc/self/ns/mnt) != "$machine_mnt" ]]
	[[ $(readlink /proc/self/ns/net) != "$machine_net" ]]
fi

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

kernel_is() { printf '%s\n' "$1" "$(uname -r)" | sort -CV; } # VERSION or later

# Skips a test of what the running kernel is too old for.
# testenv/sanitize.sh sets ASAN_OPTIONS.
needs_no_sanitizer() { # WHY
	[[ ! ${ASAN_OPTIONS-} ]] || skip "not with the address sanitizer: $1"
}

needs_kernel() { # VERSION WHAT
	kernel_is "$1" || skip "this kernel is before $1: $2"
}

# Skips a test of libxdp's dispatcher where a load was direct: the kernel cannot let one program replace
# another's function. Of a kernel that is known to be able to, that is a failure.
needs_dispatcher() { # OUTPUT-OF-THE-LOAD
	[[ $1 != *"through libxdp"* ]] || return 0
	[[ ! ${HAS_FREPLACE-} ]] || { echo "loaded directly, though this kernel has freplace: $1" && return 1; }
	skip "this kernel has no freplace (EPERM)"
}

# What is on each device: "DEVICE INDEX MODE ID NAME". No jq here, nor below: it takes long to start,
# and on slow machines very long.
attached() { # [NETNS]
	ip ${1:+-n "$1"} -d -o link show | sed -nE \
		's/^([0-9]+): ([^:@]+)[:@].* (xdp[a-z]*) .* prog\/xdp id ([0-9]+) (name ([^ ]+))?.*/\2 \1 \3 \4 \6/p'
}

# The IDs of the programs on a device, in their order: behind libxdp's dispatcher, its programs.
attached_ids() { # DEVICE [NETNS]
	local index id name pin
	read -r _ index _ id name < <(attached "${2-}" | grep "^$1 ") || return 0
	if [[ $name == xdp_dispatcher ]]; then
		for pin in "$BPFFS/xdp/dispatch-$index-$id"/prog?-prog; do
			pinned_program "$pin"
		done
	else
		echo "$id"
	fi
}

# The first program's ID, or none.
attached_id() { # DEVICE [NETNS]
	local id
	id=$(attached_ids "$@" | head -n 1)
	echo "${id:-none}"
}

attached_mode() { # DEVICE: xdp, xdpgeneric or none
	ip -o link show "$1" | grep -o ' xdp[a-z]* ' | tr -d ' ' || echo none
}

# The ID of whatever is pinned at a path; fails where it is another thing, or nothing.
pinned_id() { pinned_map "$1" 2>/dev/null || pinned_program "$1"; } # PATH
pinned_map() { pinned map "$1"; }
pinned_program() { pinned prog "$1"; }
pinned() { # map|prog PATH
	local shown
	shown=$(bpftool "$1" show pinned "$2") || return
	[[ $shown =~ ^[0-9]+: ]] || return
	echo "${shown%%:*}"
}

# The maps of the program at a path or of an ID, in one line.
maps_of() { # pinned PATH | id ID
	bpftool prog show "$@" | sed -n 's/.* map_ids \([0-9,]*\).*/\1/p' | tr , ' '
}

# What the kernel can run without a device: a program, or the dispatcher that has it.
runnable_id() { # DEVICE
	attached | sed -n "s/^$1 [0-9]* [a-z]* \([0-9]*\) .*/\1/p"
}

# Runs the program on a device, on a frame of 64 bytes.
run_program() { # DEVICE TIMES
	head -c 64 /dev/zero >"$BATS_TEST_TMPDIR/frame"
	bpftool -j prog run id "$(runnable_id "$1")" data_in "$BATS_TEST_TMPDIR/frame" repeat "$2"
}

# All packets of a map of the contract's layout, from its raw bytes: not every one comes with BTF.
packets_in() { # PATH
	bpftool -j map dump pinned "$1" | perl -0ne '
		$sum += unpack("Q<", pack("(H2)8", $1 =~ /0x(..)/g)) while /"value":(\[[^]]*\])/g;
		END { print "$sum\n" }'
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

# Makes a folder the pin directory of a device that is gone: --list and --all look for such.
own_folder() { # FOLDER [DEVICE [NETNS]]
	if [[ ! ${OWN_NETNS-} ]]; then # no tool but the loader can say which one this is
		"$LOADER" -q -d lo --direct --skb-mode --pin-base "$BPFFS/own"
		OWN_NETNS=$(readlink "$BPFFS/own/lo/owner" | grep -o 'netns .*')
		"$LOADER" -q -d lo --unload --pin-base "$BPFFS/own"
		rmdir "$BPFFS/own"
	fi
	mkdir -p "$1"
	ln -s "${2-${1##*/}} ifindex 2000000000 $OWN_NETNS${3:+ named $3}" "$1/owner"
}

# The text of xdp_stats --once on stdin, without the time.
timeless() { sed -E '1s/^[0-9]{2}(:[0-9]{2}){2} /TIME /'; }

# A map of counters, in a device's directory that is made if it is missing.
map_make() { # [PATH]
	local path=${1-$MAP}
	local folder=${path%/*}
	[[ $folder == "$BPFFS" || -L $folder/owner ]] || own_folder "$folder"
	bpftool map create "$path" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
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

# All pins and their folders. Of libxdp's, how many dispatchers each device has: a new program is a
# new dispatcher. libxdp's own folder, which is its lock too, stays when the last one has gone.
pins() {
	find "$BPFFS" -mindepth 1 -path "$BPFFS/xdp" -prune -o "${@--print}" | sort
	find "$BPFFS/xdp" -mindepth 1 -maxdepth 1 2>/dev/null | sed 's/-[0-9]*$//' | sort
}

# Everything that a command might have changed: what is attached, and all pins. The folder that a writer
# holds the lock on stays if it is killed, and means nothing.
state() {
	local netns device mode id name
	for netns in '' /run/netns/*; do
		[[ -z $netns || -e $netns ]] || continue
		netns=${netns##*/}
		while read -r device _ mode id name; do
			[[ $name != xdp_dispatcher ]] || id=$(attached_ids "$device" "$netns")
			echo "$netns $device $mode $id"
		done < <(attached "$netns")
	done
	pins ! -name writer-lock -printf '%p %i\n'
}

# Until a process in the background waits for a lock that another one holds, by the kernel's list.
wait_until_locked_out() { # PID
	until grep -q -- "-> FLOCK .* $1 " /proc/locks; do
		kill -0 "$1"
		sleep 0.01
	done
}

# Runs a shell's command on a terminal of its own, and fails as it does. script(1) is not in the same
# package everywhere.
on_terminal() { # COMMAND
	python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))' "$1"
}

# A user without any capability, and xdp_stats where that user may read it.
as_nobody() { # COMMAND...
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
}
# shellcheck disable=SC2034  # PUBLIC is for the tests
public_stats() {
	install -D "$STATS" /run/everybody/xdp_stats
	PUBLIC=/run/everybody/xdp_stats
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

# Each line of a file against the schema of a tool.
assert_valid() { # TOOL FILE
	/usr/bin/python3 -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
lines = [json.loads(line) for line in open(sys.argv[2])]
for line in lines:
    jsonschema.validate(line, schema)
assert lines, "no line"
' "$LESSON/$1.schema.json" "$2"
}

setting() { sed -n "s/^$1 = //p" "$TOP/config.mk"; }

# compile_file NAME [CLANG-OPTION...]: NAME.o from NAME.c, a BPF program.
compile_file() {
	# shellcheck disable=SC2046 # words
	$(setting CLANG) -target bpf -O2 -g -I"$TOP/headers" $(setting BPF_CPPFLAGS) "${@:2}" -c "$1.c" -o "$1.o"
}
