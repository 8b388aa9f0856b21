#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader --pin-mode and --pin-group: who may read, and xdp_stats without privilege.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load consistency
load traffic

MAP=$BPFFS/va/xdp_stats_map

setup() { pair_make; }
teardown() { jobs_end; }

modes() { stat -c '%a %u:%g %n' "$BPFFS/va" "$MAP" "$BPFFS/va/programs" "$BPFFS"/va/programs/* | sed "s|$BPFFS/||"; }

@test "without --pin-mode pins are the owner's alone" {
	"$LOADER" -q -d va --progname xdp_pass_func
	[[ $(modes) == "700 0:0 va
600 0:0 va/xdp_stats_map
700 0:0 va/programs
600 0:0 va/programs/xdp_pass_func" ]]
}

@test "--pin-mode and --pin-group open the map and the way to it, and stay through reloads" {
	local want="750 0:65534 va
640 0:65534 va/xdp_stats_map
700 0:0 va/programs
600 0:0 va/programs/xdp_pass_func"
	"$LOADER" -q -d va --pin-mode 0640 --pin-group nogroup
	[[ $(modes) == "$want" ]]
	"$LOADER" -q -d va
	[[ $(modes) == "$want" ]]
	"$LOADER" -q -d va --reuse-maps
	[[ $(modes) == "$want" ]]
	"$LOADER" -q -d va --reuse-maps --pin-mode 644 --pin-group 0
	[[ $(modes) == "755 0:0 va"$'\n'"644 0:0 va/xdp_stats_map"* ]]
	"$LOADER" -q -d va --pin-mode 0600
	[[ $(stat -c '%a' "$BPFFS/va" "$MAP" | tr '\n' ' ') == "700 600 " ]]
}

@test "the folder of a network namespace lets pass whom one of its devices needs" {
	ip netns add inner
	ip link add v6 type veth peer name veth0 netns inner
	ip link add v7 type veth peer name veth1 netns inner
	"$LOADER" -q --netns inner -d veth0 --pin-mode 0644
	"$LOADER" -q --netns inner -d veth1 --pin-mode 0640
	[[ $(stat -c %a "$BPFFS/netns-inner" "$BPFFS"/netns-inner/veth? | tr '\n' ' ') == "755 755 750 " ]]
}

@test "a load that fails leaves the modes as they were" {
	local before option
	"$LOADER" -q -d va
	before=$(modes)
	run -40 "$LOADER" -d va --pin-mode 0644 --filename "$OBJECTS/loader_other_shape.o" --reuse-maps
	[[ $(modes) == "$before" ]]
	for option in --reuse-maps --direct; do # the program's pin cannot take the old one's place
		run -40 strace -f -o /dev/null -e 'inject=?renameat,?renameat2:error=EIO' "$LOADER" -d va --pin-mode 0644 "$option"
		[[ $(modes) == "$before" ]]
	done
}

@test "pins that are put back are for whom they were" {
	local before
	"$LOADER" -q -d va --direct --pin-mode 0640 --pin-group nogroup
	chown 65534 "$MAP"
	before=$(modes)
	# The map's pin has moved, the program's cannot.
	run -40 strace -f -o /dev/null -e 'inject=?rename,?renameat,?renameat2:error=EIO:when=3' "$LOADER" -d va --direct
	[[ $(modes) == "$before" && -z $(inconsistency va) ]]
	# The map is for others, its directory cannot be.
	run -40 strace -f -o /dev/null -e inject=fchmod:error=EIO "$LOADER" -d va --reuse-maps --pin-mode 0644
	[[ $output == *"could not set the owner and the mode of $BPFFS/va: "* ]]
	[[ $(modes) == "$before" && -z $(inconsistency va) ]]
}

@test "modes and groups that are none are refused" {
	local mode
	for mode in '' 9 0200 1777 abc 00640 -1 0; do
		refused 2 "is not a value for --pin-mode" "$LOADER" -d va --pin-mode "$mode"
	done
	refused 2 "--pin-group goes with --pin-mode" "$LOADER" -d va --pin-group nogroup
	refused 1 "could not find group nosuchgroup" "$LOADER" -d va --pin-mode 640 --pin-group nosuchgroup
	refused 2 "--pin-mode" "$LOADER" -d va --unload --pin-mode 0640
}

@test "nobody, without a capability, watches through reloads, notified and without a warning" {
	needs_kernel 5.19 "reading without privilege"
	public_stats
	"$LOADER" -q -d va --pin-mode 0644 --progname xdp_drop_func
	watch_run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		--bounding-set=-all "$PUBLIC" -d va -i 0.05
	poll out_has period
	frames_send 100
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 23
	poll err_has "another map now: id [0-9]*, generation 2"
	watch_end
	has_packets all 123
	[[ $(wc -l <"$ERR") == 1 ]]
}

# Those that xdp_stats has, each a bit; and none that it could get.
has_capabilities() { # HEXADECIMAL
	[[ $(sed -n 's/^Cap\(Prm\|Eff\):\t0*\(.\)/\2/p' "/proc/$WATCH/status" | sort -u) == "$1" ]] &&
		[[ $(sed -n 's/^\(CapBnd\|CapInh\|CapAmb\|NoNewPrivs\):\t0*//p' "/proc/$WATCH/status" | tr '\n' ,) == ,,,1, ]]
}

@test "started as root, xdp_stats drops every capability, and follows reloads nevertheless" {
	needs_kernel 5.19 "reading without privilege"
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.05
	poll out_has period
	has_capabilities 0
	frames_send 100
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 23
	poll err_has "another map now"
	watch_end
	has_packets all 123
}

@test "who may not change the bounding set drops its capabilities all the same, without a word" {
	needs_kernel 5.19 "reading without privilege"
	"$LOADER" -q -d va
	watch_run setpriv --bounding-set=-setpcap "$STATS" -d va -i 0.05
	poll out_has period
	grep -q '^CapPrm:.*0000$' "/proc/$WATCH/status"
	grep -q '^NoNewPrivs:.*1$' "/proc/$WATCH/status"
	watch_end
	[[ ! -s $ERR ]]
}

@test "the same with --all, whatever is there: nothing, a folder without counters, another program's pin" {
	needs_kernel 5.19 "reading without privilege"
	local there
	for there in nothing a_folder/below aprogram/xdp_stats_map; do
		[[ $there == nothing ]] || mkdir "$BPFFS/${there%/*}"
		[[ $there != aprogram/* ]] ||
			bpftool prog load "$LESSON/xdp_prog_kern.o" "$BPFFS/$there" type xdp
		watch_run "$STATS" --all -i 0.05
		poll has_capabilities 0
		"$LOADER" -q -d va --progname xdp_drop_func
		poll out_has period
		"$LOADER" -q -d va --progname xdp_drop_func
		poll err_has "another map now"
		watch_end
		"$LOADER" -q -d va --unload
	done
	watch_run "$STATS" --all --listen 0
	poll has_capabilities 0
	watch_end
}

without_warning() { ! grep -E 'warning|could not' "$ERR"; }

@test "a user of the pins' group sees loads, renames and unloads, without a word of what only seems missing" {
	needs_kernel 5.19 "reading without privilege"
	public_stats
	chgrp nogroup "$BPFFS"
	chmod 0750 "$BPFFS"
	load=("$LOADER" -q --pin-mode 0640 --pin-group nogroup --progname xdp_drop_func)
	ip link set va down # so that it may be renamed
	install -d -m 0700 "$BPFFS/xdp" # libxdp's
	watch_run setpriv --reuid 65534 --regid 65534 --clear-groups "$PUBLIC" --all -i 0.1
	poll out_has "No device has counters yet"
	"${load[@]}" -d va
	poll err_has "va/xdp_stats_map has come"
	"${load[@]}" -d va
	poll err_has "va/xdp_stats_map is another map now.*generation 2"
	ip link set va name vc
	"${load[@]}" -d vc
	poll err_has "vc/xdp_stats_map is another map now"
	ip link set vc name va
	"${load[@]}" -d va
	poll err_has "va/xdp_stats_map is another map now.*generation 4"
	"$LOADER" -q -d va --unload
	"${load[@]}" -d va
	poll err_has "va/xdp_stats_map is another map now.*generation 5"
	"$LOADER" -q -d va --unload
	sleep 2.5 # as long as it waits for notices
	without_warning
	# But what stays closed is said.
	"$LOADER" -q -d va
	poll err_has "could not open $BPFFS/va/xdp_stats_map: .* directory that you may not search"
	watch_end
}

@test "who watches one device that may be read last is not ended by a load, nor is who waits for its first" {
	needs_kernel 5.19 "reading without privilege"
	public_stats
	# It takes long enough to be seen while the directory is the loader's alone.
	load=(strace -f -o /dev/null -e 'inject=?chmod,?fchmodat:delay_enter=100000' --
		"$LOADER" -q -d va --pin-mode 0644)
	watch_run setpriv --reuid 65534 --regid 65534 --clear-groups "$PUBLIC" -d va --wait -i 0.1
	poll err_has "waiting for $MAP"
	"${load[@]}"
	poll out_has period
	"$LOADER" -q -d va --unload
	poll err_has "$MAP is gone"
	"${load[@]}"
	poll err_has "generation 2"
	without_warning
	watch_end
}

@test "what it cannot do without, it keeps, and no more: one of several devices whose pins are another user's" {
	needs_kernel 5.19 "reading without privilege"
	make_pair v4 v5
	"$LOADER" -q -d va --progname xdp_drop_func
	"$LOADER" -q -d v5 --progname xdp_drop_func
	chown 65534 "$BPFFS/v5/xdp_stats_map"
	for options in "-d va -d v5" "-d v5 -d va" --all; do
		# shellcheck disable=SC2086 # words
		watch_start $options -i 0.05
		poll has_capabilities 4 # CAP_DAC_READ_SEARCH
		"$LOADER" -q -d v5 --progname xdp_drop_func
		poll err_has "$BPFFS/v5/xdp_stats_map is another map now"
		watch_end
		none err_has "may not"
	done
}

@test "what it cannot do without, it keeps: pins of another user" {
	"$LOADER" -q -d va --progname xdp_drop_func
	chown 65534 "$MAP"
	watch_start -d va -i 0.05
	"$LOADER" -q -d va --progname xdp_drop_func
	poll err_has "another map now"
	watch_end
}
