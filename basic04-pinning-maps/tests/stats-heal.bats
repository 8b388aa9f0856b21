#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats recovers on its own: from what no notice tells of, and from calls that fail for a while.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

MAP=$BPFFS/va/xdp_stats_map

teardown() { jobs_end; }

# A slow look comes every ten seconds, and mends what is to be mended.
poll_slowly() { # COMMAND...
	local end=$((SECONDS + 25))
	until "$@"; do
		((SECONDS < end)) || { poll "$@" && return; }
		sleep 0.1
	done
}

# What is told of comes at once, and needs no slow look.
quickly() { # COMMAND...
	local end=$((SECONDS + 8))
	poll_slowly "$@"
	((SECONDS <= end))
}

# Something that holds a directory open, as a shell that sits in it does.
sit_in() { # DIRECTORY
	(cd "$1" && exec sleep 1000) &
	until [[ $(readlink "/proc/$!/cwd") == "$1" ]]; do sleep 0.01; done
}

is_shown() { # DEVICE: now, not once
	: >"$OUT"
	poll_slowly out_has "^$1 "
}

stopped() { grep -q '^State:.*stopped' "/proc/$WATCH/status"; }

@test "a pin is followed though somebody sits in its removed directory" {
	map_make
	watch_start -d va -i 0.05
	sit_in "$BPFFS/va"
	rm -r "$BPFFS/va"
	quickly err_has "$MAP is gone"
	map_make
	quickly err_has "generation 2"
	rm "$MAP"
	map_make
	quickly err_has "generation 3"
	watch_end
}

@test "--all finds devices and network namespaces again though somebody sits in their removed folders" {
	local place
	map_make
	map_make "$BPFFS/netns-inner/vb/xdp_stats_map"
	watch_start --all -i 0.05
	for place in va netns-inner/vb netns-inner; do sit_in "$BPFFS/$place"; done
	rm -r "$BPFFS/va" "$BPFFS/netns-inner"
	poll err_has "$MAP is gone"
	poll err_has "vb/xdp_stats_map is gone"
	map_make "$BPFFS/netns-inner/vc/xdp_stats_map"
	map_make
	map_make "$BPFFS/netns-inner/vb/xdp_stats_map"
	poll err_has "va/xdp_stats_map is another map now: .* generation 2"
	poll err_has "vb/xdp_stats_map is another map now: .* generation 2"
	poll out_has '^inner/vc '
	watch_end
}

@test "a directory that is moved away, and another that takes its place, are noticed" {
	map_make
	map_make "$BPFFS/other/xdp_stats_map"
	watch_start -d va -i 0.05
	mv "$BPFFS/va" "$BPFFS/away"
	quickly err_has "$MAP is gone"
	mv "$BPFFS/other" "$BPFFS/va"
	quickly err_has "generation 2"
	watch_end
}

@test "--all sees again when its base was removed and made again, or unmounted and mounted again" {
	map_make "$BPFFS/base/va/xdp_stats_map"
	watch_start --all --pin-base "$BPFFS/base" -i 0.05
	rm -r "$BPFFS/base"
	poll err_has "va/xdp_stats_map is gone"
	map_make "$BPFFS/base/va/xdp_stats_map"
	map_make "$BPFFS/base/vb/xdp_stats_map"
	poll_slowly err_has "va/xdp_stats_map is another map now"
	is_shown vb
	umount "$BPFFS"
	poll_slowly err_has "vb/xdp_stats_map is gone"
	mount -t bpf -o mode=0755 bpf "$BPFFS"
	map_make "$BPFFS/base/va/xdp_stats_map"
	map_make "$BPFFS/base/vc/xdp_stats_map"
	poll_slowly err_has "va/xdp_stats_map is another map now: .* generation 3"
	is_shown vc
	mount -t bpf -o mode=0755 bpf "$BPFFS" # over the other: nothing tells of it
	map_make "$BPFFS/base/vd/xdp_stats_map"
	is_shown vd
	watch_end
}

@test "--all sees again when a network namespace's folder came and went, also in notices that were lost" {
	local limit
	limit=$(</proc/sys/fs/inotify/max_queued_events)
	((limit <= 100000)) || skip "inotify's queue is long here: $limit"
	map_make
	map_make "$BPFFS/netns-inner/vb/xdp_stats_map"
	watch_start --all -i 0.05
	rm -r "$BPFFS/netns-inner"
	poll err_has "vb/xdp_stats_map is gone"
	map_make "$BPFFS/netns-inner/vb/xdp_stats_map"
	poll err_has "vb/xdp_stats_map is another map now: .* generation 2"
	kill -STOP "$WATCH"
	poll stopped
	perl -e 'for (1 .. $ARGV[1]) { mkdir "$ARGV[0]/odd"; rmdir "$ARGV[0]/odd" }' "$BPFFS" "$limit"
	rm -r "$BPFFS/netns-inner" "$BPFFS/va"
	map_make "$BPFFS/netns-inner/vc/xdp_stats_map"
	kill -CONT "$WATCH"
	is_shown inner/vc
	poll err_has "$MAP is gone"
	map_make "$BPFFS/netns-inner/vd/xdp_stats_map" # told of again
	poll out_has '^inner/vd '
	watch_end
}

@test "too many open files in a reload: the next map is opened when there is room, and the old one is shown until then" {
	local option free
	for option in "-d va" --all; do
		map_make
		# shellcheck disable=SC2086 # words
		watch_start $option -i 0.05
		free=0 # the lowest number that no open file has
		while [[ -e /proc/$WATCH/fd/$free ]]; do free=$((free + 1)); done
		prlimit --pid "$WATCH" --nofile="$free:1024"
		map_make "$BPFFS/other"
		mv "$BPFFS/other" "$MAP"
		poll err_has "could not open 1 of 1 pins, $MAP first: Too many open files"
		prlimit --pid "$WATCH" --nofile=1024:1024
		poll_slowly err_has "$MAP is another map now: .* generation 2"
		watch_end
		(($(grep -c "Too many open files" "$ERR") == 1))
		rm -r "$BPFFS/va"
	done
}

@test "when the kernel does not tell a device's name, reading, listing and loading say so and do not crash" {
	command -v strace >/dev/null || skip "strace is not installed"
	local inject=ioctl:error=ENOMEM said="could not look for the device of index 2000000000: Cannot allocate memory"
	make_pair a_b peer
	map_make "$BPFFS/c_d/xdp_stats_map"
	watch_injected "$inject" --all -i 0.05
	poll out_has '^c_d '
	map_make "$BPFFS/e_f/xdp_stats_map" # comes to the one that runs
	poll out_has '^e_f '
	(($(grep -c "$said" "$ERR") == 2))
	watch_end
	run -40 strace -f -o /dev/null -e inject="$inject" "$LOADER" --list
	[[ $output == *"$said"* ]]
	run strace -f -o /dev/null -e inject="$inject" "$LOADER" -d a_b
	((status > 0 && status <= 40))
}

@test "one failing call to read all actions costs one slow round, not all that come" {
	command -v strace >/dev/null || skip "strace is not installed"
	needs_kernel 5.13 "per-CPU arrays that are read in one call"
	map_make
	run -0 strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf -e inject=bpf:error=ENOMEM:when=5 "$STATS" -d va -i 0.01 -n 5
	[[ $(grep -c BPF_MAP_LOOKUP_BATCH "$BATS_TEST_TMPDIR/calls") == 6 ]]
	[[ $(grep -c BPF_MAP_LOOKUP_ELEM, "$BATS_TEST_TMPDIR/calls") == 5 ]]
}
