#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make figures makes what the lesson's README.org shows.
bats_require_minimum_version 1.5.0

load helpers

# The texts of the three panes; numbers differ from run to run.
assert_picture() { # FILE
	local text pattern
	xmllint --noout "$1"
	text=$(xmllint --xpath '//*[local-name()="text"]' "$1" | sed 's/<[^>]*>//g')
	echo "$text"
	for pattern in '^── traffic: testenv/testenv.sh .*ping' '^no answer yet for icmp_seq=[0-9]' \
		'^── loader, in basic04' '^\$ ./xdp_loader -d testenv --progname xdp_drop_func' \
		'attached xdp_drop_func \(id [0-9]+\)' '^── live statistics' '^DEVICE +ACTION +PACKETS' \
		'^testenv +XDP_DROP +[1-9][0-9]* ' '^testenv +XDP_PASS +[0-9]' 'q or Ctrl-C: end all three'; do
		grep -qE -- "$pattern" <<<"$text"
	done
}

@test "make figures draws the panes of a real run, and leaves nothing" {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	unset MAKEFLAGS V
	# Its own copy, as the picture is in the tree.
	cd "$BATS_TEST_TMPDIR/tree" || return
	cp -a "$TOP"/{Makefile,configure,config.mk,libbpf,headers,common,basic04-pinning-maps,testenv,build} .
	picture=basic04-pinning-maps/figures/watch.svg
	rm "$picture"
	before=$(state)
	make figures
	assert_picture "$picture"
	[[ -z $(ls -A "$TMPDIR") && $(state) == "$before" ]]
}

@test "the picture in the tree is one" {
	assert_picture "$LESSON/figures/watch.svg"
	grep -q '^\[\[file:figures/watch.svg\]\]$' "$LESSON/README.org"
}
