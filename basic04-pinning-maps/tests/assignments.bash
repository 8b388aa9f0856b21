# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Assignments, solved in one way or another, and what the checker says of that.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
ASSIGNMENTS=$TOP/basic04-pinning-maps/assignments
WRONG=$BATS_TEST_DIRNAME/wrong

# The starter of assignment N, the solution, or the solution with a wrong one's patch, in work. Sets folder,
# the assignment's.
begin() { # N starter|solution|WRONG
	folder=("$ASSIGNMENTS/$1"-*/) work=$BATS_TEST_TMPDIR/work
	rm -rf "$work"
	mkdir "$work"
	cp "${folder[0]}"*.[ch] "$work"
	[[ $2 != starter ]] || return 0
	patch -s -d "$work" -p1 <"${folder[0]}solution.patch"
	[[ $2 == solution ]] || patch -s -d "$work" -p1 <"$WRONG/$1-$2.patch"
}

# Checks what is in work: prints and keeps what the checker says, and sets CODE.
# shellcheck disable=SC2034 # for the tests
judge() { # N
	CODE=0
	"$ASSIGNMENTS/assignment.sh" check "$1" "$work" >"$BATS_TEST_TMPDIR/judged" 2>&1 || CODE=$?
	cat "$BATS_TEST_TMPDIR/judged"
}

# The numbers of the requirements that are not met.
red_lines() { sed -n 's/^not ok \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/judged" | paste -sd ' '; }

judged_has() { grep -qE -- "$1" "$BATS_TEST_TMPDIR/judged"; } # REGEX

# Work for assignment N that is this one file, and fails.
cheat() { # N FILE, the program on stdin
	# shellcheck disable=SC2034 # for the tests
	folder=("$ASSIGNMENTS/$1"-*/) work=$BATS_TEST_TMPDIR/work
	mkdir -p "$work"
	cat >"$work/$2"
	judge "$1"
	((CODE == 1))
}
