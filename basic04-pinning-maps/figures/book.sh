#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes one HTML file of the lesson and the reference, with the pictures in it, and a PDF of that.
#
#   book.sh FOLDER [html]     with html, no PDF
set -euo pipefail

fail() { printf 'book.sh: %s\n' "$*" >&2 && exit 1; }

needs() { # PROGRAM
	command -v "$1" >/dev/null || fail "needs $1; './configure --install-deps=test' installs it"
}

# A page without its head. A link to the other page is a link inside of the book, one to a file is its name.
part() { # PAGE
	sed -E '/^#\+(TITLE|OPTIONS)/d; s/\[\[file:(README|REFERENCE)\.org\]/[[#\L\1]/g
		/figures\//!s/\[\[file:[^]]*\]\[([^]]*)\]\]/\1/g' "$1"
}

out=$(realpath -- "${1:?"usage: book.sh FOLDER [html]"}")
mkdir -p "$out"
needs pandoc
cd -- "$(dirname -- "$0")/.."
# Chapters are the pages; their headings are one level lower there.
{
	printf '#+TITLE: Pinned maps\n#+OPTIONS: ^:nil\n'
	for page in README REFERENCE; do
		printf '* %s\n:PROPERTIES:\n:CUSTOM_ID: %s\n:END:\n\n' \
			"$(sed -n 's/^#+TITLE: //p' "$page.org")" "${page,,}"
		part "$page.org" | sed 's/^\*\** /*&/'
	done
} >"$out/book.org"
# The rows of a table are as long as they are: no width is guessed from them.
pandoc --from=org --to=html5 --standalone --self-contained --toc --toc-depth=3 --no-highlight --columns=1000 --tab-stop=8 \
	--metadata lang=en --metadata subtitle="The lesson and the reference, version $(<../VERSION)" \
	--css=figures/book.css --lua-filter=figures/book.lua --output="$out/lesson.html" "$out/book.org"
rm "$out/book.org"
echo "$out/lesson.html"
if [[ ${2-} != html ]]; then
	needs weasyprint
	weasyprint --quiet "$out/lesson.html" "$out/lesson.pdf"
	echo "$out/lesson.pdf"
fi
