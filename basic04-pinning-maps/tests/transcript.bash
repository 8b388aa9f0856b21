# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a README.org shows as a transcript is run, and compared; `load transcript` after helpers.
# shellcheck shell=bash

# The N-th example or source block under a heading of a file.
block() { # HEADING N FILE
	awk -v heading="* $1" -v want="$2" '
		/^\* / { here = ($0 == heading) }
		/^#\+end_/ { inside = 0 }
		inside && count == want
		here && /^#\+begin_/ { inside = 1; count++ }' "$TOP/$3"
}

# All numbers, and how a program is attached, differ from run to run.
mask_numbers() {
	sed -E 's/[0-9]+([.,][0-9]+)*/N/g; s/ +/ /g; s/ $//; s/, (directly|through libxdp)$//; s/ id N ext / id N xdp /' "$@"
}

# Only the IDs that the kernel has given do.
mask_ids() { sed -E 's/\bids?[: ][0-9]+/id N/g; s/ +$//' "$@"; }

# The commands of a transcript run, one after the other, and say what it shows. A line of output may
# begin with # too, in OpenMetrics. MASK takes away what may differ.
replay() { # HEADING N FILE MASK
	cd "$TOP" || return
	block "$1" "$2" "$3" >"$BATS_TEST_TMPDIR/shown"
	sed -n '/^# \(HELP\|TYPE\|UNIT\|EOF\)/!s/^# //p' "$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/commands"
	[[ -s $BATS_TEST_TMPDIR/commands ]]
	while read -r command; do
		echo "# $command"
		bash -c "$command" </dev/null 2>&1 || true # what it printed is what counts
	done <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/happened"
	diff <("$4" "$BATS_TEST_TMPDIR/shown") <("$4" "$BATS_TEST_TMPDIR/happened") || { echo "$3: $1" && return 1; }
}

# "HEADING<tab>N" for each block of a page that is a transcript, in their order.
transcripts() { # FILE
	awk '/^\* / { heading = substr($0, 3); n = 0 }
		/^#\+begin_/ { n++; getline; if (/^# /) print heading "\t" n }' "$TOP/$1"
}
