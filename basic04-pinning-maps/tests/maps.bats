#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The chapters on maps: each example, run as its page says, prints what its page shows.
bats_require_minimum_version 1.5.0

load helpers
load transcript

chapter() { # NAME
	replay "Run it" 1 "basic04-pinning-maps/maps/$1/README.org" mask_ids
}

# Where the kernel's build or the machine lacks something, the example ends with 77 and says what.
chapter_or_skip() { # NAME
	run "$LESSON/maps/$1/$1"
	# shellcheck disable=SC2154  # bats sets status and lines
	[[ $status != 77 ]] || skip "${lines[-1]}"
	chapter "$1"
}

@test "make: a map by a call, by a definition, and by a name that a later load finds" { chapter make; }

@test "update: what BPF_ANY, BPF_NOEXIST and BPF_EXIST do" { chapter update; }

@test "read: what lookup, delete, and both at once do to a hash, an array and a queue" {
	needs_kernel 5.14 "lookup and delete at once, on a hash"
	chapter read
}

@test "walk: what a walk through a hash meets while the hash changes" { chapter walk; }

@test "for_each: a program goes through a hash, and changes it" {
	needs_kernel 5.13 "bpf_for_each_map_elem()"
	chapter for_each
}

@test "per_cpu: a value for each possible CPU, at a multiple of 8 bytes" { chapter per_cpu; }

@test "spin_lock: a value is torn unless all take its lock" { chapter_or_skip spin_lock; }

@test "map_in_map: a map takes the place of another while a program runs, and nothing is lost" { chapter map_in_map; }

@test "queue_stack: push, peek and pop, from user space and from a program" { chapter queue_stack; }

@test "lru: what a program looks up all the time stays in a full map" { chapter lru; }

@test "lpm: each packet takes the route of the longest prefix" { chapter lpm; }

@test "redirect: frames leave by the device that the map has, where it takes them" { chapter redirect; }

@test "cpumap: frames go on on the CPU that the map has" { chapter cpumap; }

@test "xsk: frames go to the AF_XDP socket that the map has" { chapter_or_skip xsk; }

@test "tail_call: a program array calls what is in it, and is emptied with its last descriptor and pin" { chapter tail_call; }

@test "events: one ring keeps the order, a buffer for each CPU does not, and none loses unseen" { chapter_or_skip events; }

@test "lifetime: a map goes with its last descriptor, pin, program or outer map" { chapter lifetime; }

@test "access: a pin is opened as its mode, its folder and the flags of the open allow" {
	needs_kernel 5.19 "a user without capabilities may not call bpf() where that is disabled"
	chapter access
}

@test "readonly: flags and freezing close a map to user space or to programs" { chapter readonly; }

@test "each chapter is run by a test, has an example, and is on the page of contents" {
	local path name
	for path in "$LESSON"/maps/*/; do
		name=$(basename "$path")
		grep -q "chapter\(_or_skip\)\? $name\b" "$BATS_TEST_FILENAME"
		grep -Eq "chapter(_or_skip)? $name\b" "$BATS_TEST_FILENAME"
		[[ -x $path/$name && -s $path/$name.c && -s $path/README.org ]]
		grep -q "=$name/=" "$LESSON/maps/README.org"
	done
}
