#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# testenv/corpus/run: what it finds, and that it can fail.
# shellcheck disable=SC2154 # bats sets output
bats_require_minimum_version 1.5.0

load helpers

RUN=$TOP/testenv/corpus/run

# corpus_make OBJECT...: a folder of these test objects, and goes to where it is.
corpus_make() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir corpus
	for object in "$@"; do cp "$OBJECTS/$object.o" corpus; done
}

# Whether the table has this row: the words of one line.
row() { # OBJECT PROGRAM SECTION OURS IP XDP-LOADER BPFTOOL
	local words="$*"
	grep -xE " *${words// / +}" <<<"$output" || { echo "no row: $*" && echo "$output" && return 1; }
}

@test "a program that a peer loads and we do not is a fault, unless the list has a reason for it" {
	corpus_make loader_no_map loader_taken_name
	run -1 "$RUN" corpus
	row loader_no_map.o no_map xdp ok ok ok ok
	row loader_taken_name.o taken_name xdp "no: load" ok ok ok
	[[ $output == *"ours: could not pin map programs: the name is taken"*"no reason is known"* ]]
	[[ $output == *"2 objects, 2 XDP programs: 1 loaded by xdp_loader, 0 by nobody, 0 with a reason, 1 faults"* ]]
	[[ ${lines[-1]} == "fault: corpus/loader_taken_name.o taken_name" ]]

	printf '# comment\ncorpus/loader_taken_name.o taken_name the map would hide the programs\n' >reasons
	REASONS=reasons run -0 "$RUN" corpus/loader_taken_name.o
	[[ $output == *"reason: the map would hide the programs"*"1 with a reason, 0 faults" ]]
	[[ -z $(attached) && -z $(find "$BPFFS" -mindepth 1 ! -name '*.debug') ]]
}

@test "a program that nobody loads is no fault, nor is a source that does not compile, or one for tc" {
	corpus_make loader_other_shape loader_no_xdp
	echo 'SEC("xdp") int broken' >corpus/broken.c
	run -0 "$RUN" corpus
	row loader_other_shape.o out_of_bounds xdp "no: load" no no no
	[[ $output == *"Without an XDP program for a device: loader_no_xdp.o"* ]]
	[[ $output == *"Not compiled: corpus/broken.c: "*"error: "* ]]
	[[ $output == *"3 objects, 2 XDP programs: 1 loaded by xdp_loader, 1 by nobody, 0 with a reason, 0 faults" ]]
}

@test "a step after load that fails is a fault too, and a source is compiled" {
	corpus_make
	cat >corpus/grows.c <<-'END'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		SEC("prog") int passes(struct xdp_md *ctx) { return XDP_PASS; }
	END
	mkdir -p tree/testenv tree/basic04-pinning-maps
	cp -a "$TOP"/{VERSION,configure,configure.d} "$TOP/config.mk" "$TOP/libbpf" "$TOP/headers" tree
	cp -a "$TOP"/testenv/{corpus,private.sh} tree/testenv
	printf '#!/bin/sh\ncase $* in *--reuse-maps*) exit 1 ;; esac\nexec %s "$@"\n' "$LOADER" >tree/basic04-pinning-maps/xdp_loader
	chmod +x tree/basic04-pinning-maps/xdp_loader
	run -1 tree/testenv/corpus/run corpus
	row grows.c passes prog "no: reload -M" ok ok ok
	[[ $output == *"ours: failed without a word"* && ${lines[-1]} == "fault: corpus/grows.c passes" ]]
}

@test "it finds the objects that packages have, and leaves nothing after a signal" {
	cd "$BATS_TEST_TMPDIR"
	# shellcheck source=testenv/corpus/objects.bash
	. "$TOP/testenv/corpus/objects.bash"
	dpkg-query() { command dpkg-query "$@" | grep -e /bpf/ -e /bash; } # all files take long in a virtual machine
	run -0 objects
	grep -P '^libxdp\d*\txdp-dispatcher.o\t/usr/lib.*/xdp-dispatcher.o$' <<<"$output"

	corpus_make loader_no_map loader_two_maps
	local before running
	before=$(</proc/self/mountinfo)
	"$RUN" corpus >output 2>&1 3>&- &
	running=$!
	until grep -q no_map output; do
		kill -0 "$running" || { cat output && return 1; }
		sleep 0.1
	done
	kill -TERM "$running"
	wait "$running" || [[ $? == 143 ]]
	run ! grep two_maps output
	[[ -z $(attached) ]]
	diff <(echo "$before") /proc/self/mountinfo
}
