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

@test "the book is a PDF, too" {
	command -v weasyprint >/dev/null || skip "weasyprint is not installed: ./configure --install-deps=book"
	"$LESSON/figures/book.sh" "$BATS_TEST_TMPDIR/book"
	[[ $(head -c 5 "$BATS_TEST_TMPDIR/book/lesson.pdf") == %PDF- ]]
}
