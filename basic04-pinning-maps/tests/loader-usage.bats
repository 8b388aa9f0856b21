#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader: options, bad input, and what it says.
load helpers
bats_require_minimum_version 1.5.0

@test "--help and --version go to stdout and exit 0" {
	for option in -h --help; do
		run -0 --separate-stderr "$LOADER" "$option"
		[[ $output == "Usage: xdp_loader"* && -z $stderr ]]
	done
	run -0 --separate-stderr "$LOADER" -V
	[[ $output == "xdp_loader "*libbpf* && -z $stderr ]]
}

@test "each option that is named is in --help" {
	run -0 "$LOADER" --help
	for option in -d --dev -S --skb-mode -N --native-mode -A --auto-mode -F --force -M --reuse-maps \
		-U --unload --unload-all --filename --progname --pin-base --direct --netns --list --features --programs --unpin \
		--maps-only --programs-only -q --quiet -v --verbose -V --version -h --help; do
		[[ $output == *"$option"* ]]
	done
}

@test "no line of a tool's --help is wider than 80 columns" {
	for tool in "$LOADER" "$STATS" "$LESSON/maps_ctl"; do
		run -0 "$tool" --help
		run -1 grep -E '^.{81}' <<<"$output"
	done
}

@test "--programs lists an object's programs and their sections, and needs neither root nor a device" {
	run -0 setpriv --reuid nobody --clear-groups --bounding-set=-all "$LOADER" --programs
	[[ $output == $'xdp_pass_func xdp\nxdp_drop_func xdp\nxdp_abort_func xdp\nxdp_tx_func xdp' ]]
	# Also what only --progname can choose; not what is for another hook.
	run -0 "$LOADER" --programs --filename "$OBJECTS/objects/section.o"
	[[ $output == "entry prog" ]]
	run -0 "$LOADER" --programs --filename "$OBJECTS/objects/two_programs.o"
	[[ $output == $'entry xdp\nother xdp' ]]
	run -0 "$LOADER" --programs --filename "$OBJECTS/objects/beside_others.o"
	[[ $output == "entry xdp" ]]
	refused 40 "could not open BPF object" "$LOADER" --programs --filename /etc/passwd
	refused 40 "No such file" "$LOADER" --programs --filename "$BATS_TEST_TMPDIR/none"
	# libbpf knows it by its file's name; from 1.5 on it reads those of other machines too.
	echo '__attribute__((section("xdp"))) int entry(void *ctx) { return 2; }' |
		clang -target bpfeb -O2 -x c -c -o "$BATS_TEST_TMPDIR/other.o" -
	run "$LOADER" --programs --filename "$BATS_TEST_TMPDIR/other.o"
	[[ $output == "entry xdp" || ($status == 40 && $output == *"endianness mismatch in other;"*) ]]
	refused 2 "--dev does not go with --programs" "$LOADER" --programs -d v0
	refused 2 "--netns does not go with --programs" "$LOADER" --programs --netns x
}

@test "an unknown option is named, and exits 2" {
	refused 2 "--bogus is not an option of xdp_loader" "$LOADER" -d v0 --bogus
	refused 2 "-Z is not an option of xdp_loader" "$LOADER" -d v0 -Z
	refused 2 "--interval" "$LOADER" -d v0 --interval 1
	refused 2 "--once" "$LOADER" --once
}

@test "a missing or superfluous value exits 2" {
	refused 2 "-d needs a value" "$LOADER" -d
	refused 2 "--filename needs a value" "$LOADER" -d v0 --filename
	refused 2 "'v1' is too much" "$LOADER" -d v0 v1
	refused 2 "Give --dev" "$LOADER"
	refused 2 "empty" "$LOADER" -d ""
	refused 2 "--list takes no value" "$LOADER" --list=all
}

@test "a long option may be shortened to a beginning that no other one has; of others all are named" {
	make_pair
	run -0 "$LOADER" --de v0 --prognam xdp_drop_func --lock=5
	[[ $output == *"attached xdp_drop_func"* ]]
	run -0 "$LOADER" --dev=v0 --li
	[[ $output == *"xdp_drop_func"*attached* ]]
	refused 2 "--pin- is ambiguous: give --pin-path, --pin-mode, --pin-group or --pin-base; see" "$LOADER" -d v0 --pin- -S
	refused 2 "--skb-mode" "$LOADER" -d v0 --pin -S
	refused 2 "--unloa is ambiguous: give --unload or --unload-all; see" "$LOADER" -d v0 --unloa
	refused 2 "--filename needs a value" "$LOADER" -d v0 --file
	run -0 "$LOADER" -d v0 --unload # and no beginning of --unload-all
	[[ $output == *"unloaded xdp_drop_func"* ]]
}

@test "an option with a value that is given twice exits 2: no tool takes the last one, or the first" {
	make_pair
	make_pair v2 v3
	refused 2 "--dev is given twice: give it once; see xdp_loader --help" "$LOADER" -d v0 -d v2
	refused 2 "--dev is given twice" "$LOADER" --dev=v0 -d v0
	refused 2 "--progname is given twice" "$LOADER" -d v0 --progname xdp_drop_func --progna=xdp_pass_func
	refused 2 "--unload is given twice" "$LOADER" -d v0 -U 1 -U 2
	refused 2 "--update is given twice" "$LESSON/maps_ctl" -d v0 -u 1 2 -u 3 4
	refused 2 "--trace is given twice" "$LESSON/maps_ctl" -d v0 --trace on --trace off
	refused 2 "--interval is given twice" "$STATS" -d v0 -i 1 --interval 1
	refused 2 "--map is given twice" "$STATS" --map "$BPFFS/a" --map "$BPFFS/b"
	run -0 "$LOADER" -q -q -d v0 -M -M # nothing that is lost
	"$LOADER" -q -d v2
	run -0 "$STATS" -d v0 -d v2 --once --once # a list
	[[ $output == *v0*v2* ]]
}

@test "an ID that is none exits 2" {
	for id in abc 12x 0 4294967296 1.5; do
		refused 2 "'$id' is not a value for --unload" "$LOADER" -d v0 --unload "$id"
	done
}

@test "options that do not go together exit 2 and name both" {
	refused 2 "--skb-mode and --native-mode exclude each other" "$LOADER" -d v0 -S -N
	refused 2 "--list and --unpin exclude each other" "$LOADER" -d v0 --list --unpin
	refused 2 "--reuse-maps does not go with --list" "$LOADER" --list -M
	refused 2 "--maps-only and --programs-only" "$LOADER" -d v0 --unpin --maps-only --programs-only
	refused 2 "--maps-only" "$LOADER" -d v0 --maps-only
	refused 2 "--filename does not go with --unload" "$LOADER" -d v0 --unload --filename x
}

@test "a device name that cannot be one exits 2, a device that is not there 1" {
	refused 2 "longer than 15 characters" "$LOADER" -d abcdefghijklmnop
	for name in a/b .. "a b" a:b; do
		refused 2 "is not a device name" "$LOADER" -d "$name"
	done
	refused 1 "could not find device nodevice" "$LOADER" -d nodevice
}

@test "an object that is none, or has no such program, exits 40 and changes nothing" {
	make_pair
	refused 40 "nowhere.o: No such file" "$LOADER" -d v0 --filename nowhere.o
	refused 40 "Is a directory" "$LOADER" -d v0 --filename /
	refused 40 "it is not a BPF object" "$LOADER" -d v0 --filename "$TOP/README.org"
	refused 40 "its XDP programs are: xdp_pass_func, xdp_drop_func, xdp_abort_func, xdp_tx_func" \
		"$LOADER" -d v0 --progname other
	refused 40 "its XDP programs are: other_shape, out_of_bounds" \
		"$LOADER" -d v0 --filename "$OBJECTS/loader_other_shape.o" --progname nothing
}

@test "--filename takes the object's first program, or the one that is named" {
	make_pair
	run -0 "$LOADER" -d v0 --filename "$OBJECTS/loader_two_maps.o"
	[[ $output == *"attached two_maps"* ]]
	run -0 "$LOADER" -d v0 --filename "$OBJECTS/loader_two_maps.o" --progname with_others
	[[ $output == *"attached with_others"* ]]
}

@test "without root: says so, changes nothing" {
	make_pair
	refused 1 "run as root" setpriv --reuid=65534 --regid=65534 --clear-groups "$LOADER" -d v0
	chmod 1777 "$BPFFS"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$LOADER" -d v0
	[[ $status != 0 && $output == *"run as root"* && $(attached_id v0) == none ]]
}

@test "output that cannot be written is an error, and a reader that has gone is none" {
	make_pair
	run -1 bash -c "'$LOADER' -d v0 >/dev/full"
	[[ $output == *"could not write to standard output"* ]]
	[[ $(attached_id v0) == "$(pinned_program "$BPFFS/v0/programs/xdp_pass_func")" ]]
	run -0 bash -c "set -o pipefail; '$LOADER' --list | true"
}
