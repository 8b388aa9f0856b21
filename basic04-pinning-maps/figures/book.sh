#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes one HTML file of the lesson and the reference, with the pictures in it, and a PDF of that.
#
#   book.sh FOLDER [html]     with html, no PDF
set -euo pipefail

fail() { printf 'book.sh: %s\n' "$*" >&2 && exit 1; }

needs() { # PROGRAM
	command -v "$1" >/dev/null || fail "needs $1; './configure --install-deps=book' installs it"
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
cat >"$out/style.html" <<'END'
<style>
body { max-width: 50em; margin: auto; padding: 1em; line-height: 1.4; }
pre { padding: 0.5em; border: 1px solid #8888; white-space: pre-wrap; font-size: 85%; }
td, th { padding: 0.1em 0.6em; text-align: left; vertical-align: top; }
img { max-width: 100%; }
@page { size: A4; margin: 2cm; }
</style>
END
pandoc --from=org --to=html5 --standalone --self-contained --toc --toc-depth=3 --no-highlight --metadata lang=en \
	--include-in-header="$out/style.html" --output="$out/lesson.html" "$out/book.org"
rm "$out/style.html" "$out/book.org"
echo "$out/lesson.html"
if [[ ${2-} != html ]]; then
	needs weasyprint
	weasyprint --quiet "$out/lesson.html" "$out/lesson.pdf"
	echo "$out/lesson.pdf"
fi
