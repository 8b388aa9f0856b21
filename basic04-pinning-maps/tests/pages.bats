#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The pages as they are shown: by org-ruby, which GitHub uses, and by pandoc, which makes the book.
bats_require_minimum_version 1.5.0

load helpers

RENDERED=$BATS_TEST_DIRNAME/rendered.py

pages() { (cd "$TOP" && find . \( -path ./build -o -path ./work \) -prune -o -name '*.org' -printf '%P\n' | sort); }

org_ruby() { org-ruby --translate html "$1"; } # PAGE
with_pandoc() { pandoc --from=org --to=html5 --standalone --metadata lang=en "$1" 2>/dev/null; } # PAGE

# Prints what is shown otherwise than it is written.
shown() { # RENDERER PAGE
	"$1" "$2" >"$BATS_TEST_TMPDIR/page.html"
	"$RENDERED" "$2" "$BATS_TEST_TMPDIR/page.html"
}

all_shown() { # RENDERER PAGE...
	local page failed=0
	cd "$TOP" || return
	for page in "${@:2}"; do
		shown "$1" "$page" || failed=1
	done
	return "$failed"
}

needs_org_ruby() { command -v org-ruby >/dev/null || skip "org-ruby is not installed: ./configure --install-deps=test"; }

@test "org-ruby shows each heading, block, table row and name of each page" {
	needs_org_ruby
	mapfile -t all < <(pages)
	((${#all[@]} > 50))
	all_shown org_ruby "${all[@]}"
}

# pandoc takes a second for a page. With TEST_SHARE it shows the book's pages, and one of the others.
@test "pandoc shows each heading, block, table row and name of each page" {
	mapfile -t some < <(pages)
	((${TEST_SHARE-1} == 1)) ||
		some=(basic04-pinning-maps/{README,REFERENCE}.org "${some[RANDOM % ${#some[@]}]}")
	all_shown with_pandoc "${some[@]}"
}

# A page with one thing in it that a renderer does not show as it is written: what is said of it.
bad_page() { # RENDERER TEXT SAID
	printf '#+OPTIONS: ^:nil\n#+TITLE: A page\n\n* A heading\n\n%b\n' "$2" >"$BATS_TEST_TMPDIR/bad.org"
	run -1 shown "$1" "$BATS_TEST_TMPDIR/bad.org"
	echo "$2: $output"
	[[ $output == *"$3"* ]]
}

@test "what a renderer swallows, or takes for something else, is found" {
	needs_org_ruby
	bad_page org_ruby '/Who ends =a_b=?/' 'shown as it is written, or not at all'
	bad_page org_ruby 'Try --help.' 'shown as it is written, or not at all'
	bad_page org_ruby '| a |\n|---|\n| =b ¦ |= c |' 'tables: '
	bad_page with_pandoc "It writes '_', and reads '_' too." "name '_': written 2 times, shown 0 times"
	bad_page with_pandoc 'See [[file:../maps/README.org][../maps/]].' "name '../maps/'"
	bad_page with_pandoc 'Try --help.' 'shown as it is written, or not at all'
}

@test "without the option for it, a renderer takes what is behind '_' for an index" {
	needs_org_ruby
	printf '#+TITLE: A page\n\nThe map is xdp_stats_map, or a_{b}.\n' >"$BATS_TEST_TMPDIR/bad.org"
	run -1 shown with_pandoc "$BATS_TEST_TMPDIR/bad.org"
	[[ $output == *"name 'xdp_stats_map': written 1 times, shown 0 times"*"<sub> is nowhere meant"* ]]
	run -1 shown org_ruby "$BATS_TEST_TMPDIR/bad.org"
	[[ $output == *"<sub> is nowhere meant"* ]]
}

# GitHub takes the title from the first lines, and what comes before it for text.
@test "each page begins with its licence, the option and its title" {
	local page
	while read -r page; do
		echo "$page"
		head -n 3 "$TOP/$page" | paste -sd '|' | grep -qE '^# SPDX-[^|]*\|#\+OPTIONS: \^:nil\|#\+TITLE: [^|]+$'
	done < <(pages)
}

# The hints are printed in a terminal.
@test "a page that is named by its path from another one is a link" {
	cd "$TOP"
	mapfile -t all < <(pages | grep -v '/hints.org$')
	run ! grep -nE '=(\.\./)+[^= ]*=' "${all[@]}"
	echo 'See =../walk/=.' >"$BATS_TEST_TMPDIR/bad.org"
	grep -qE '=(\.\./)+[^= ]*=' "$BATS_TEST_TMPDIR/bad.org"
}
