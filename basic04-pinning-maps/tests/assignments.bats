#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The assignments: each starter builds and fails its check for the reason that it is there for, the
# solution passes, and wrong solutions fail where they are wrong.
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
ASSIGNMENTS=$TOP/basic04-pinning-maps/assignments

# The requirements that a variant of assignment N does not meet, and those that its file "expected" has.
judge() { # N VARIANT
	local folder=("$ASSIGNMENTS/$1"-*/) work=$BATS_TEST_TMPDIR/work code=0
	mkdir "$work"
	cp "${folder[0]}"*.[ch] "$work"
	[[ $2 == starter ]] || patch -s -d "$work" -p1 <"${folder[0]}$2.patch"
	"$ASSIGNMENTS/assignment.sh" check "$1" "$work" >"$BATS_TEST_TMPDIR/judged" 2>&1 || code=$?
	cat "$BATS_TEST_TMPDIR/judged"
	failed=$(sed -n 's/^not ok \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/judged" | tr '\n' ' ')
	expected=$(sed -n "s/^$2 *//p" "${folder[0]}expected")
	echo "not met: $failed, expected: $expected"
	[[ ${failed% } == "$expected" ]]
	grep -q '^ok' "$BATS_TEST_TMPDIR/judged"
	((code == (${#expected} > 0)))
}

# A starter, a solution, and two wrong ones.
all_judged() { # N
	local variant
	for variant in starter solution wrong-1 wrong-2; do
		judge "$1" "$variant" || { echo "assignment $1: $variant" && return 1; }
		rm -r "$BATS_TEST_TMPDIR/work"
	done
}

@test "assignment 1: a reader that follows the map" { all_judged 1; }
@test "assignment 2: counters that survive a reload" { all_judged 2; }
@test "assignment 3: what is pinned for a device" { all_judged 3; }
@test "assignment 4: taking pins away, and nothing else" { all_judged 4; }
@test "assignment 5: an update that is seen whole or not at all" { all_judged 5; }
@test "assignment 6: a new program that has one map more" { all_judged 6; }
@test "assignment 7: no packet lost, and none counted twice" { all_judged 7; }

@test "each assignment is judged by a test, and its hints are there" {
	local folder name hint
	for folder in "$ASSIGNMENTS"/*/; do
		name=$(basename "$folder")
		grep -q "{ all_judged ${name%%-*}; }" "$BATS_TEST_FILENAME"
		while read -r hint; do
			sed -n '/^\* Hints/,/^\* [^H]/p' "$folder/README.org" | grep -q "^$hint\. "
		done < <(sed -nE 's/^[[:space:]]*require "[^"]*" ([0-9]+) .*/\1/p' "$folder/check")
	done
}

@test "a learner's work is never overwritten, and what is not there is named" {
	cp -r "$TOP/basic04-pinning-maps/assignments" "$BATS_TEST_TMPDIR"
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/basic04-pinning-maps"
	mv "$BATS_TEST_TMPDIR/assignments" "$tree/basic04-pinning-maps"
	local run=$tree/basic04-pinning-maps/assignments/assignment.sh
	run -1 "$run" check 2
	[[ $output == *"work/assignment-2 is not there: begin with make assignment-2" ]]
	run -0 "$run" start 2
	[[ $output == *"work/assignment-2 is yours now: loader.c"* ]]
	echo mine >"$tree/work/assignment-2/loader.c"
	run -1 "$run" start 2
	[[ $output == *"is there already, and stays as it is"* && $(<"$tree/work/assignment-2/loader.c") == mine ]]
	run -0 "$run" solution 2
	[[ $output == *"+++ b/loader.c"* ]]
	run -2 "$run" start 99
	[[ $output == *"there is no assignment '99'"* ]]
	run -2 "$run" start
}
