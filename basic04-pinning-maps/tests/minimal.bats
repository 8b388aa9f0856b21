#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The smallest pair: one process writes a map and pins it, another reads it by the pin.
bats_require_minimum_version 1.5.0

load helpers
load transcript

setup() {
	writer=$LESSON/minimal/loader
	reader=$LESSON/minimal/printer
	pin=$BPFFS/minimal_map
}

# Neither takes what is at this path: each says why, and nothing has changed.
both_refuse() { # TEXT PATH
	local program
	for program in "$writer" "$reader"; do
		refused 40 "$2: $1" "$program" "$2"
	done
}

@test "the pair does what its page shows" {
	replay basic04-pinning-maps/minimal/README.org
	[[ ! -e $pin ]]
}

@test "each of the pair has at most 90 lines, and needs no header of ours" {
	local source
	for source in "$LESSON"/minimal/{loader,printer}.c; do
		(($(wc -l <"$source") <= 90))
		run ! grep '#include "' "$source"
	done
}

@test "another run writes into the map that is pinned" {
	"$writer"
	before=$(pinned_map "$pin")
	"$writer" "$pin" 4294967295
	[[ $("$reader") == 4294967295 && $(pinned_map "$pin") == "$before" ]]
	"$writer"
	[[ $("$reader" "$pin") == 42 && $(pinned_map "$pin") == "$before" ]]
}

@test "a pin that is removed is made again" {
	"$writer"
	before=$(pinned_map "$pin")
	rm "$pin"
	"$writer" "$pin" 0
	[[ $("$reader") == 0 && $(pinned_map "$pin") != "$before" ]]
}

@test "killed at any moment, the writer leaves no pin, or one with the number" {
	local call
	for call in openat bpf; do
		for n in {1..12}; do
			run strace -qq -o /dev/null -e inject="$call:signal=KILL:when=$n" "$writer"
			[[ ! -e $pin || $("$reader") == 42 ]]
			rm -f "$pin"
		done
	done
	"$writer"
	[[ $("$reader") == 42 ]]
}

@test "what is no number up to 4294967295 is wrong usage, as is one argument too many" {
	local number
	for number in '' -1 +1 ' 1' 1x 0x10 1.5 4294967296 99999999999999999999999; do
		refused 2 usage "$writer" "$pin" "$number"
	done
	refused 2 usage "$writer" "$pin" 1 2
	refused 2 usage "$reader" "$pin" 1
	refused 2 usage "$writer" --help
	refused 2 usage "$reader" --help
}

@test "a path outside of a BPF filesystem is refused" {
	echo 42 >"$BATS_TEST_TMPDIR/file"
	both_refuse 'it is not in a BPF filesystem' "$BATS_TEST_TMPDIR/none"
	both_refuse 'it is not in a BPF filesystem' "$BATS_TEST_TMPDIR/file"
	[[ $(<"$BATS_TEST_TMPDIR/file") == 42 ]]
}

@test "where no BPF filesystem is mounted, they say so" {
	umount "$BPFFS"
	run -40 "$writer"
	[[ $output == *"$pin: it is not in a BPF filesystem"* ]]
	run -40 "$reader"
	[[ $output == *"$pin: it is not in a BPF filesystem"* ]]
}

@test "a directory is refused" {
	mkdir "$BPFFS/folder"
	both_refuse 'it is a directory' "$BPFFS/folder"
	both_refuse 'it is a directory' "$BPFFS"
}

@test "a directory that is missing is named" {
	refused 40 "$BPFFS/none/map: No such file or directory" "$writer" "$BPFFS/none/map"
}

@test "nothing pinned: the reader says what to do" {
	refused 40 "$pin: nothing is pinned there; run loader first" "$reader"
}

# Fails the N-th bpf() call of a command: which call, and why, is what it must say.
fails() { # N MESSAGE COMMAND...
	local n=$1 message=$2
	shift 2
	refused 40 "$message" strace -qq -o /dev/null -e "inject=bpf:error=ENOMEM:when=$n" "$@"
}

@test "what the kernel has no memory for is said, and what that was" {
	command -v strace >/dev/null || skip "strace is not installed"
	"$writer"
	fails 1 "could not open $pin: Cannot allocate memory" "$writer"
	fails 2 "could not ask what is at $pin: Cannot allocate memory" "$writer"
	fails 3 "could not write to the map at $pin: Cannot allocate memory" "$writer"
	fails 1 "could not open $pin: Cannot allocate memory" "$reader"
	fails 2 "could not ask what is at $pin: Cannot allocate memory" "$reader"
	fails 3 "could not read the map at $pin: Cannot allocate memory" "$reader"
	rm "$pin"
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf "$writer"
	rm "$pin"
	local make
	make=$(grep -n BPF_MAP_CREATE "$BATS_TEST_TMPDIR/calls" | tail -n 1) # libbpf asks before
	fails "${make%%:*}" "could not make $pin: Cannot allocate memory" "$writer"
	[[ ! -e $pin ]]
}

@test "a program that is pinned there is refused" {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/program" type xdp
	both_refuse 'it is a ' "$BPFFS/program"
	[[ $output == *prog* ]]
}

@test "a link that is pinned there is refused" {
	make_pair
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/program" type xdp
	attach_by_link "$BPFFS/program" v0 "$BPFFS/link"
	both_refuse 'it is a ' "$BPFFS/link"
	[[ $output == *link* ]]
}

@test "a map of another shape is refused, and left as it is" {
	local args n=0
	for args in 'hash key 4 value 4 entries 1' 'array key 4 value 8 entries 1' \
		'array key 4 value 4 entries 2' 'percpu_array key 4 value 4 entries 1' \
		'array key 4 value 262144 entries 1'; do
		# shellcheck disable=SC2086  # words
		bpftool map create "$BPFFS/other$((++n))" type $args name other
		both_refuse 'type ' "$BPFFS/other$n"
	done
	[[ $output == *'type 2, key 4, value 262144, entries 1; not 2, 4, 4, 1' ]]
}

@test "a map that is frozen is read, and not written" {
	"$writer"
	bpftool map freeze pinned "$pin"
	refused 40 "could not write to the map at $pin: Operation not permitted" "$writer" "$pin" 1
	[[ $("$reader") == 42 ]]
}

@test "a name with a dot, and one that is too long, are refused" {
	local long
	printf -v long '%300s' x
	both_refuse "a name in a BPF filesystem has no '.'" "$BPFFS/a.b"
	both_refuse 'File name too long' "$BPFFS/${long// /x}"
	printf -v long '%5000s' x
	both_refuse 'File name too long' "$BPFFS/${long// //}"
}

@test "without permission they say what to do" {
	install -D -t /run/everybody "$writer" "$reader"
	run -40 as_nobody /run/everybody/loader
	[[ $output == *"$pin: no permission; run as root" && ! -e $pin ]]
	"$writer"
	for program in loader printer; do
		run -40 as_nobody "/run/everybody/$program"
		[[ $output == *"$pin: "*root* ]]
	done
}

@test "who may read the pin may read the number, and no more" {
	needs_kernel 5.19 "opening a pin takes privilege there"
	install -D -t /run/everybody "$writer" "$reader"
	"$writer"
	chmod 0444 "$pin"
	[[ $(as_nobody /run/everybody/printer) == 42 ]]
	run -40 as_nobody /run/everybody/loader "$pin" 1
	[[ $("$reader") == 42 ]]
}

@test "output that cannot be written is an error" {
	"$writer"
	run -1 bash -c "'$reader' >/dev/full"
	[[ $output == *"could not print the number: No space left on device" ]]
}
