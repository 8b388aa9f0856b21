#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# figures/picture.sh makes what the lesson's README.org shows.
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
	mkdir "$TMPDIR"
	before=$(state)
	"$LESSON/figures/picture.sh" "$BATS_TEST_TMPDIR/watch.svg"
	assert_picture "$BATS_TEST_TMPDIR/watch.svg"
	[[ -z $(ls -A "$TMPDIR") && $(state) == "$before" ]]
}

@test "the picture in the tree is one" {
	assert_picture "$LESSON/figures/watch.svg"
	grep -q '^\[\[file:figures/watch.svg\]\]$' "$LESSON/README.org"
}
