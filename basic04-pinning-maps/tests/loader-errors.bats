#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: what goes wrong: the exit code, what is said, and that nothing has changed. What is
# wrong with the words of the command line is in loader-usage.bats.
load helpers

bats_require_minimum_version 1.5.0
setup() { make_pair; }

unprivileged() { setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$@"; }
without_capabilities() { setpriv --bounding-set=-all --inh-caps=-all "$@"; }

# One message: what the user has to read is not buried.
says_one_line() { ((${#lines[@]} == 1)); }

@test "a file that is no BPF object: says what it is, exits 40" {
	cd "$BATS_TEST_TMPDIR"
	: >empty
	echo "text" >text
	head -c 1500 "$OBJECTS/loader_two_maps.o" >half.o
	for file in empty text half.o "$LOADER" "$TOP/build/common/base/log.o" .; do
		refused 40 "could not open BPF object $file: " "$LOADER" -d v0 --filename "$file"
		says_one_line
	done
	refused 40 "could not open BPF object missing.o: No such file or directory" \
		"$LOADER" -d v0 --filename missing.o
	refused 40 "could not open BPF object" "$LOADER" -d v0 --filename <(cat half.o)
}

@test "a file that may not be read: says so, exits 40" {
	cp "$OBJECTS/loader_two_maps.o" "$BATS_TEST_TMPDIR/secret.o"
	chmod 000 "$BATS_TEST_TMPDIR/secret.o"
	chmod 755 "$BATS_TEST_TMPDIR"
	refused 40 "secret.o: Permission denied" \
		setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all \
		"$LOADER" -d v0 --filename "$BATS_TEST_TMPDIR/secret.o"
}

@test "an object without an XDP program: says so, exits 40" {
	refused 40 "its XDP programs are: none" "$LOADER" -d v0 --filename "$OBJECTS/loader_no_xdp.o"
	says_one_line
	refused 40 "its section socket is for programs of type socket_filter" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_no_xdp.o" --progname no_xdp_here
	says_one_line
}

@test "a program that the object has not: the error names those it has, also of several" {
	refused 40 "could not find program nothing in BPF object $OBJECTS/loader_two_maps.o" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_two_maps.o" --progname nothing
	[[ $output == *"two_maps, with_others"* ]]
	says_one_line
	# Not the section's name, and no part of a name.
	refused 40 "could not find program xdp " "$LOADER" -d v0 --progname xdp
	refused 40 "could not find program xdp_pass " "$LOADER" -d v0 --progname xdp_pass
}

@test "a map that has the name of the programs' folder is refused, exits 40" {
	refused 40 "could not pin map programs" "$LOADER" -d v0 --filename "$OBJECTS/loader_taken_name.o"
	[[ $output == *"rename the map"* ]]
}

@test "a refused load says why also with --quiet, and without a word of the libraries" {
	refused 40 "invalid access to packet" "$LOADER" -q -d v0 \
		--filename "$OBJECTS/loader_other_shape.o" --progname out_of_bounds
	[[ $output != *libbpf* && $output != *"BEGIN PROG LOAD LOG"* ]]
	refused 40 "libbpf: " "$LOADER" -v -d v0 \
		--filename "$OBJECTS/loader_other_shape.o" --progname out_of_bounds
}

@test "a load that the verifier refuses leaves the program of before counting in its map" {
	"$LOADER" -q -d v0
	run_program v0 3
	refused 40 "could not load program out_of_bounds" "$LOADER" -d v0 --force \
		--filename "$OBJECTS/loader_other_shape.o" --progname out_of_bounds
	[[ $(packets_in "$BPFFS/v0/xdp_stats_map") == 3 ]]
}

@test "errors go to stderr, and nothing to stdout" {
	ip link add br0 type bridge
	for words in "-d v0 --progname no" "-d br0" "-d v0 --unload" "-d nodevice" "-d v0 --bogus"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$LOADER" $words
		# shellcheck disable=SC2154
		[[ $status != 0 && -z $output && $stderr == "xdp_loader: "* ]]
	done
}

@test "something of others at a name that the load needs: named, exits 40, nothing changed" {
	bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/theirs" type xdp
	"$LOADER" -q -d v0
	mkdir "$BPFFS/v0/second_map"
	refused 40 "$BPFFS/v0/second_map is there, and is not one of our pins" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_two_maps.o"
	rmdir "$BPFFS/v0/second_map"
	mv "$BPFFS/theirs" "$BPFFS/v0/second_map" # a program, where a map belongs
	refused 40 "$BPFFS/v0/second_map is there, and is not one of our pins" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_two_maps.o"
	mkdir "$BPFFS/v0/programs/xdp_drop_func"
	refused 40 "$BPFFS/v0/programs/xdp_drop_func is there" "$LOADER" -d v0 --progname xdp_drop_func
}

@test "a pin where a directory belongs: an error that names it, nothing changed" {
	stranger_map "$BPFFS/v0"
	for action in "" --unload-all --unpin --list; do
		# shellcheck disable=SC2086
		run "$LOADER" -d v0 $action
		[[ $status != 0 && $output == *"$BPFFS/v0: Not a directory"* && $(attached_id v0) == none ]]
	done
	rm "$BPFFS/v0"
	mkdir "$BPFFS/v0"
	stranger_map "$BPFFS/v0/programs"
	refused 40 "$BPFFS/v0/programs" "$LOADER" -d v0
}

@test "a load that fails leaves no directory that was not there" {
	ip link add br0 type bridge
	refused 30 "native mode" "$LOADER" -d br0
	refused 30 "native mode" "$LOADER" -d br0 --pin-base "$BPFFS/new"
}

@test "an unload that fails leaves no directory that was not there" {
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload --pin-base "$BPFFS/new"
}

@test "without root each action says 'run as root', and changes nothing" {
	"$LOADER" -q -d v0
	for action in "" --unload --unload-all --unpin --list "--unpin --maps-only"; do
		# shellcheck disable=SC2086
		run unprivileged "$LOADER" -d v0 $action
		echo "$action: $output"
		[[ $status != 0 && $output == *"ermi"*"; run as root" ]]
		says_one_line
	done
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
	[[ -e $BPFFS/v0/xdp_stats_map ]]
	run unprivileged "$LOADER" --netns nowhere --list
	[[ $status != 0 ]]
}

@test "root without capabilities is told why a load is refused" {
	refused 40 "needs CAP_BPF and CAP_NET_ADMIN" without_capabilities "$LOADER" -d v0
	"$LOADER" -q -d v0 --direct # libxdp's dispatcher needs CAP_SYS_ADMIN, too
	refused 40 "needs CAP_BPF and CAP_NET_ADMIN" without_capabilities "$LOADER" -d v0
	refused 40 "needs CAP_BPF and CAP_NET_ADMIN" without_capabilities "$LOADER" -d v0 --reuse-maps
}

@test "root without capabilities is told why an unload is refused" {
	"$LOADER" -q -d v0 --direct
	refused 30 "needs CAP_NET_ADMIN" without_capabilities "$LOADER" -d v0 --unload
	refused 30 "needs CAP_NET_ADMIN" without_capabilities "$LOADER" -d v0 --unload-all
}

@test "--help and --version need neither root nor a BPF filesystem" {
	umount "$BPFFS"
	run -0 unprivileged "$LOADER" --help
	[[ $output == *--unload-all* ]]
	run -0 unprivileged "$LOADER" -V
	run -32 mountpoint -q "$BPFFS"
}

@test "what cannot be written to stdout is an error, for each kind of output" {
	"$LOADER" -q -d v0
	for words in --help --version --list "-d v0 --list" "-d v0 -M" "-d v0 --unpin --maps-only"; do
		run -1 bash -c "'$LOADER' $words >/dev/full"
		[[ $output == *"could not write to standard output: No space left on device"* ]]
	done
	run -1 bash -c "'$LOADER' --list >&-"
	[[ $output == *"could not write to standard output"* ]]
	run -0 bash -c "'$LOADER' -q -d v0 --force >/dev/full" # which writes nothing
}

@test "with closed standard descriptors the tools work, and nothing that they open takes their place" {
	local closed tool
	for closed in "<&- >&- 2>&-" ">&- 2>&-" "<&- 2>&-" "2>&-"; do
		for tool in "$LOADER -q -d v0" "$LESSON/maps_ctl -q -d v1 -u 1 2"; do
			strace -o "$BATS_TEST_TMPDIR/calls" -e trace=openat,socket,bpf \
				bash -c "exec $tool $closed"
			grep -q '/dev/null.* = 2$' "$BATS_TEST_TMPDIR/calls"
			run -1 grep -E '(^socket|BPF_[A-Z]*_(LOAD|CREATE)|_FD_BY_ID).* = [012]$' "$BATS_TEST_TMPDIR/calls"
		done
	done
}

@test "xdp_stats' options are none of xdp_loader's" {
	for option in -i --interval -n --count --once --wait; do
		refused 2 "$option is not an option of xdp_loader" "$LOADER" -d v0 "$option"
	done
}

@test "xdp_stats' --map PATH, which begins as --maps-only, removes no pin" {
	"$LOADER" -q -d v0
	refused 2 "'$BPFFS/v0/xdp_stats_map' is too much" "$LOADER" -d v0 --unpin --map "$BPFFS/v0/xdp_stats_map"
	refused 2 "'$BPFFS/v0/xdp_stats_map' is too much" "$LOADER" --map "$BPFFS/v0/xdp_stats_map"
	refused 2 "--maps-only takes no value" "$LOADER" -d v0 --unpin "--map=$BPFFS/v0/xdp_stats_map"
}

@test "a wrong command line changes nothing, whatever else is on it" {
	"$LOADER" -q -d v0
	for words in "--bogus" "-Z" "--unload-all --list" "--unload x" "--unload-all excess" \
		"--unload-all --reuse-maps" "--progname" "--unload-all=1" "-S -A" "--unload-all --maps-only" \
		"--list --force" "--list --filename x" "--unload --skb-mode" "--unpin --direct"; do
		# shellcheck disable=SC2086
		refused 2 "xdp_loader: " "$LOADER" -d v0 $words
		says_one_line
	done
}

@test "long words on the command line are refused by what they are, not run into" {
	for length in 300 10000; do
		printf -v long '%*s' "$length" ''
		long=${long// /x}
		refused 2 "--xxx" "$LOADER" "--$long" >/dev/null
		refused 2 "'xxx" "$LOADER" -d "$long" >/dev/null
		refused 2 "'xxx" "$LOADER" -d v0 --netns "$long" >/dev/null
		refused 2 "'xxx" "$LOADER" -d v0 --unload "$long" >/dev/null
		refused 2 "'xxx" "$LOADER" -d v0 "$long" >/dev/null
		refused 40 "could not find program xxx" "$LOADER" -d v0 --progname "$long" >/dev/null
		refused 40 "could not open BPF object xxx" "$LOADER" -d v0 --filename "$long" >/dev/null
		run "$LOADER" -d v0 --pin-base "$BPFFS/$long"
		[[ $status == 40 || $status == 1 ]]
		[[ $output == "xdp_loader: could not"* && $(attached_id v0) == none ]]
	done
	refused 2 "longer than 15 characters" "$LOADER" -d "${long:0:300}"
	refused 2 "the name is too long" "$LOADER" -d v0 --netns "${long:0:300}"
	refused 40 "File name too long" "$LOADER" -d v0 --filename "${long:0:300}"
}

@test "a device that is made again: the pins of the one before are stale, and a load takes their place" {
	"$LOADER" -q -d v0
	ip link del v0
	refused 1 "see 'ip link' for" "$LOADER" -d v0
	refused 1 "could not find device v0" "$LOADER" -d v0 --unload
	make_pair
	# The pins of the device of before are stale: no program of ours is there.
	refused 30 "no XDP program is attached" "$LOADER" -d v0 --unload
	run -0 "$LOADER" -d v0
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
}

@test "--reuse-maps keeps counting in the map of an earlier device, or of a detached program, with --force only" {
	"$LOADER" -q -d v0
	run_program v0 7
	ip link set v0 xdp off
	refused 40 "could not reuse $BPFFS/v0/xdp_stats_map for map xdp_stats_map: its program is not attached to v0" \
		"$LOADER" -d v0 -M
	[[ $output == *"without --reuse-maps to start from zero, or with --force to keep its counts" ]]
	says_one_line
	ip link del v0
	make_pair
	refused 40 "its program is not attached to v0" "$LOADER" -d v0 -M
	refused 40 "entries is 5 in the pinned map and 7 in the object" \
		"$LOADER" -d v0 -M --filename "$OBJECTS/loader_other_shape.o" --progname other_shape
	[[ $output == *"its program is not attached to v0"* ]]
	run -0 "$LOADER" -d v0 -M --force
	[[ $output == *"1 reused"* && $(packets_in "$BPFFS/v0/xdp_stats_map") == 7 ]]
	run -0 "$LOADER" -d v0 -M
	[[ $output == *"1 reused"* ]]
	ip link del v0
	make_pair
	run -0 "$LOADER" -d v0
	[[ $output == *"1 new"* && $(packets_in "$BPFFS/v0/xdp_stats_map") == 0 ]]
}
