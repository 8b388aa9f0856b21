#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Wrong ways to do the assignments: the checker finds each of them, by the lines that it is wrong in, and
# by no others. With TEST_SHARE=n in the environment one way of each assignment is tried, a random one.
load assignments.bash

# Assignment, wrong way, lines that must be red. "starter" is what the learner begins with; the others are
# patches for the solution, in wrong/, whose first line says what is wrong.
table() {
	cat <<-'END'
		1 starter              2 4 5 6 7 8 14
		1 difference-wraps     3 6 9 14 15
		1 new-if-less          6
		1 old-map-not-read     6 14 15
		1 two-lines-late       5
		1 descriptors-left     1 2 3 4 5 6 7 8 11 14 ?15
		1 own-period           13
		1 looks-last           14
		1 follows-device       2 4 5 6 7 8 14
		1 last-read-ignored    15
		2 starter              5 6 7 8 9 10 11 12
		2 any-map              8 9 10 11
		2 no-first-load        1 2 3 4 5 6 7 8 9 10 11 12 13 14
		2 no-type              9 11
		2 no-key               9 10 11
		2 fixed-sizes          12
		2 pin-ignored          13
		2 attach-ignored       14
		2 pins-again           7
		3 starter              1 2 3 4 5 6 7 8 9 11 13 14 15
		3 folder-is-kind       5 6 7
		3 guess-by-id          4 5 6 9 14
		3 links-are-maps       5
		3 any-error-is-empty   13
		3 empty-is-failure     11 12
		3 known-names          5 6 7
		3 programs-unread      13
		3 maps-alone-count     13 14
		3 skips-symlinks       5 8
		3 names-left-out       9
		4 starter              4 6 7 8 9 10 11
		4 detaches             2 3
		4 two-flags            8
		4 unread               10
		4 links-are-maps       10
		4 follows-symlinks     11
		5 starter              6 8
		5 lock-for-each-half   8
		5 without-a-lock       6
		5 skips-updates        3
		6 starter              2 3 4 7 8 10 11
		6 errors-ignored       5 6 8 10 11
		6 unpins-first         12
		6 moment-without       8
		6 dots                 13 14
		6 old-constants        14
		7 starter              5 7 8
		7 replaces-anybody     7 8
		7 asks-first           7 8
		7 new-map-each         5
	END
}

wrong_ways() { # N
	local ways number way lines red may
	mapfile -t ways < <(table | grep "^$1 ")
	((${#ways[@]}))
	if ((${TEST_SHARE-1} > 1)); then
		echo "# assignment $1: one of ${#ways[@]} wrong ways is tried" >&3
		ways=("${ways[RANDOM % ${#ways[@]}]}")
	fi
	for way in "${ways[@]}"; do
		read -r number way lines <<<"$way"
		echo "assignment $number, $way: lines $lines must be red"
		begin "$number" "$way"
		judge "$number"
		red=$(red_lines)
		echo "red: $red"
		may=${lines##*\?} # a line that is red if the program is fast
		[[ $red == "${lines% \?*}" || ($lines == *\?* && $red == "${lines% \?*} $may") ]]
		((CODE == 1))
		judged_has '^[0-9]+ of [0-9]+ requirements hold$'
	done
}

@test "each wrong way is in the table, and says what is wrong" {
	local patch
	for patch in "$WRONG"/*.patch; do
		[[ $(head -n 1 "$patch") == "Wrong: "* ]]
		patch=${patch##*/} patch=${patch%.patch}
		echo "$patch"
		[[ $(table | grep -c "^${patch/-/ } ") == 1 ]]
	done
	[[ $(table | grep -vc ' starter ') == $(find "$WRONG" -name '*.patch' | wc -l) ]]
}

@test "assignment 1: each wrong way is found" { wrong_ways 1; }
@test "assignment 2: each wrong way is found" { wrong_ways 2; }
@test "assignment 3: each wrong way is found" { wrong_ways 3; }
@test "assignment 4: each wrong way is found" { wrong_ways 4; }
@test "assignment 5: each wrong way is found" { wrong_ways 5; }
@test "assignment 6: each wrong way is found" { wrong_ways 6; }
@test "assignment 7: each wrong way is found" { wrong_ways 7; }
