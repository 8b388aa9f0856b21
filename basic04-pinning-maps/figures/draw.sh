#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Draws each .dot file beside this script as an SVG. The background is white, also on a dark page.
set -euo pipefail

cd -- "$(dirname -- "$0")"
command -v dot >/dev/null || {
	echo "draw.sh: needs dot; './configure --install-deps=test' installs graphviz" >&2
	exit 1
}
for source in *.dot; do
	# Without its comments, which name the version.
	dot -Tsvg "$source" | sed '/^<!--.*-->$/d; /^<!-- /,/-->$/d' >"${source%.dot}.svg.new"
	mv "${source%.dot}.svg.new" "${source%.dot}.svg"
done
