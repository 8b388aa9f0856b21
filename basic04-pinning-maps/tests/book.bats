#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make book: the lesson and the reference in one file, with everything in it.
bats_require_minimum_version 1.5.0

load helpers

# The headings of both pages, in their order, as they are read.
headings() {
	sed -n '/^#+begin_/,/^#+end_/d; s/^\*\** //p' "$LESSON"/{README,REFERENCE}.org | tr -d =
}

@test "the book has every heading and every picture of both pages, and no link that leads out of it" {
	run -0 "$LESSON/figures/book.sh" "$BATS_TEST_TMPDIR/book" html
	cd "$BATS_TEST_TMPDIR/book"
	[[ $(ls) == lesson.html ]]
	xmllint --html --xpath '//h2|//h3|//h4' lesson.html 2>/dev/null | tr '\n' ' ' |
		sed 's/<\/h[2-6]>/\n/g' | sed 's/<[^>]*>//g; s/^ *//' | sort -u >found
	headings | sort -u >wanted
	cat found
	[[ $(wc -l <wanted) -gt 30 && -z $(comm -23 wanted found) ]]
	pictures=$(cat "$LESSON"/{README,REFERENCE}.org | grep -c '^\[\[file:figures/')
	# pandoc 3 writes an SVG itself, and not as an image's data.
	[[ $(grep -oE '<(img|svg)[ >]' lesson.html | wc -l) == "$pictures" ]]
	run ! grep -oE '(src|href)="[^#dh"][^"]*"' lesson.html
	run ! grep -c spurious-link lesson.html
	# Each link inside of it has its target.
	while read -r target; do
		grep -q "id=\"$target\"" lesson.html || { echo "no $target" && false; }
	done < <(grep -oE 'href="#[^"]+"' lesson.html | sed 's/href="#//; s/"//' | sort -u)
}

# Words of a PDF that are not between the margins of 1.6 cm: page, word.
outside_of_margins() { # PDF
	pdftotext -bbox "$1" - | awk -F '"' '
		/<page / { page++; right = $2 - 45 }
		/<word / && ($2 < 45 || $6 > right) { print page, $0 }'
}

# Lines of the pages' blocks that are not lines of a PDF, with single blanks. Those of more than 110 columns
# continue in a second line.
broken_lines() { # PDF
	pdftotext -layout "$1" - | sed -E 's/[[:space:]]+/ /g; s/^ //; s/ $//' | sort -u >"$BATS_TEST_TMPDIR/printed"
	awk 'tolower($0) ~ /^ *#\+end_/ { within = 0 }
		within && length($0) <= 110 { $1 = $1; print }
		tolower($0) ~ /^ *#\+begin_/ { within = 1 }' "$LESSON"/{README,REFERENCE}.org |
		grep . | sort -u | comm -23 - "$BATS_TEST_TMPDIR/printed"
}

@test "the book is a PDF, too: nothing is cut off, and no line of a block is broken" {
	command -v weasyprint >/dev/null || skip "weasyprint is not installed: ./configure --install-deps=test"
	local book=$BATS_TEST_TMPDIR/book/lesson.pdf
	"$LESSON/figures/book.sh" "$BATS_TEST_TMPDIR/book"
	[[ $(head -c 5 "$book") == %PDF- && $(pdftotext "$book" - | wc -l) -gt 1000 ]]
	run outside_of_margins "$book"
	[[ $output == "" ]]
	run broken_lines "$book"
	[[ $output == "" ]]
}
