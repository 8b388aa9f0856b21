#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make figures makes what REFERENCE.org shows.
bats_require_minimum_version 1.5.0

load helpers
load traffic

# The lines of a picture, with one space between their texts.
texts() { # FILE
	sed -nE 's|^<text x="[^"]*" y="([0-9]+)".*>(.*)</text>$|\1 \2|p' "$1" |
		awk '$1 == y { $1 = ""; printf "%s", $0; next } { printf y ? "\n" : ""; y = $1; sub(/^[0-9]+ /, ""); printf "%s", $0 }'
}

# What a picture's texts say, and that a viewer shows them; numbers differ from run to run.
assert_picture() { # FILE PATTERN...
	local text pattern
	xmllint --noout "$1"
	text=$(texts "$1")
	echo "$text"
	for pattern in "${@:2}"; do
		grep -qE -- "$pattern" <<<"$text"
	done
	assert_readable "$1"
}

assert_readable() { # FILE
	rsvg-convert --output "$BATS_TEST_TMPDIR/picture.png" "$1"
	"$LESSON/tests/tools/picture-check" "$1" "$BATS_TEST_TMPDIR/picture.png"
}

assert_watch() { # FILE
	assert_picture "$1" '^── traffic: testenv/testenv.sh .*ping' '^no answer yet for icmp_seq=[0-9]' \
		'^── loader, in basic04' '^\$ ./xdp_loader -d testenv --progname xdp_drop_func' \
		'attached xdp_drop_func \(id [0-9]+\)' '^── live statistics' '^DEVICE ACTION PACKETS RATE ' \
		'^testenv XDP_DROP [1-9][0-9]* ' '^testenv XDP_PASS [0-9]' 'q or Ctrl-C: end all three$'
}

assert_live() { # FILE
	assert_picture "$1" '^xdp_stats 4 devices ' '^drops most: (dmz0|guests) [0-9.]+ k?pps .* since [0-9:]{8}$' \
		'^DEVICE ACTION PACKETS RATE .*max [0-9.]+ k?pps$' '^TOTAL all ' '^dmz0 XDP_DROP [1-9]' '^dmz0 XDP_PASS [1-9]' \
		'^guests XDP_DROP [1-9]' '^q quit . help s sort: rate '
}

none_sends() { ! pgrep -x trafgen >/dev/null; }

@test "make figures draws the screens of real runs, and leaves nothing" {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	unset MAKEFLAGS V
	# Its own copy, as the pictures are in the tree.
	cd "$BATS_TEST_TMPDIR/tree" || return
	cp -a "$TOP"/{Makefile,VERSION,configure,configure.d,config.mk,libbpf,packaging,headers,common,basic04-pinning-maps,testenv,build} .
	rm basic04-pinning-maps/figures/*.svg
	before=$(state)
	make figures
	poll none_sends
	[[ -z $(ls -A "$TMPDIR") && $(state) == "$before" ]]
	assert_watch basic04-pinning-maps/figures/watch.svg
	assert_live basic04-pinning-maps/figures/live.svg
}

@test "the pictures in the tree are such ones, and are shown" {
	assert_watch "$LESSON/figures/watch.svg"
	assert_live "$LESSON/figures/live.svg"
	grep -q '^\[\[file:figures/watch.svg\]\]$' "$LESSON/REFERENCE.org"
	grep -q '^\[\[file:basic04-pinning-maps/figures/watch.svg\]\]$' "$TOP/README.org"
	grep -q '^\[\[file:basic04-pinning-maps/figures/live.svg\]\]$' "$TOP/README.org"
}

@test "a picture whose text does not fit, is elsewhere, or has white space that viewers drop is found out" {
	local change bad=$BATS_TEST_TMPDIR/bad.svg
	for change in 's/font-size="14"/font-size="20"/' 's/font-size="14"/font-size="8"/' '/^<text/d' \
		's/<text x="[0-9.]*"/<text x="12.0"/' 's/every 0.5 s/every   0.5 s/' '/^<text/s/fill="#d8d8d8"/fill="#1c1e22"/'; do
		sed "$change" "$LESSON/figures/live.svg" >"$bad"
		run -1 cmp -s "$bad" "$LESSON/figures/live.svg"
		echo "$change"
		run ! assert_readable "$bad"
		[[ $output == *"bad.svg: "* ]]
	done
}

# The words of a drawing, a line each.
drawn() { xmllint --xpath '//*[local-name()="text"]/text()' "$1" | sed 's/&gt;/>/g; s/&lt;/</g'; }

@test "each drawing shows what its source says, on a background of its own, and is in the lesson" {
	local source drawing label
	for source in "$LESSON"/figures/*.dot; do
		drawing=${source%.dot}.svg
		drawn "$drawing" >"$BATS_TEST_TMPDIR/words"
		while read -r label; do
			grep -qF -- "$label" "$BATS_TEST_TMPDIR/words" || { echo "$drawing: no $label" && false; }
		done < <(grep -oE 'label="[^"]*"' "$source" | sed 's/^label="//; s/"$//; s/\\n/\n/g' | sed 's/^ *//; s/ *$//')
		grep -q '<polygon fill="white"' "$drawing"
		grep -qx "\[\[file:figures/$(basename "$drawing")\]\]" "$LESSON/README.org"
	done
}
