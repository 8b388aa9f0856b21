#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The assignments: each starter builds and fails its check for the reason that it is there for, the
# solution passes, and wrong solutions fail where they are wrong.
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
ASSIGNMENTS=$TOP/basic04-pinning-maps/assignments

# A variant of assignment N, in work. Sets folder, the assignment's.
begin() { # N VARIANT
	folder=("$ASSIGNMENTS/$1"-*/) work=$BATS_TEST_TMPDIR/work
	rm -rf "$work"
	mkdir "$work"
	cp "${folder[0]}"*.[ch] "$work"
	[[ $2 == starter ]] || patch -s -d "$work" -p1 <"${folder[0]}$2.patch"
}

# The checker's lines are the items of the page's list, which may say more.
assert_listed() { # FOLDER
	local items lines i
	mapfile -t items < <(tr -d = <"$1/README.org" | awk '
		/^\* / { here = /What the checker looks at/ }
		here && /^[0-9]+\. / { printf "%s%s", end, $0; end = "\n" }
		here && end && /^ / { $1 = $1; printf " %s", $0 }
		END { print "" }')
	mapfile -t lines < <(sed -nE 's/^(not )?ok ([0-9]+) - /\2. /p' "$BATS_TEST_TMPDIR/judged")
	((${#items[@]} == ${#lines[@]}))
	for i in "${!lines[@]}"; do
		echo "the page: ${items[i]}, the checker: ${lines[i]}"
		[[ ${items[i],,} == "${lines[i],,}"* ]]
	done
}

# The requirements that a variant of assignment N does not meet, and those that its file "expected" has.
judge() { # N VARIANT
	local code=0
	begin "$@"
	"$ASSIGNMENTS/assignment.sh" check "$1" "$work" >"$BATS_TEST_TMPDIR/judged" 2>&1 || code=$?
	cat "$BATS_TEST_TMPDIR/judged"
	failed=$(sed -n 's/^not ok \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/judged" | tr '\n' ' ')
	expected=$(sed -n "s/^$2 *//p" "${folder[0]}expected")
	echo "not met: $failed, expected: $expected"
	[[ ${failed% } == "$expected" ]]
	grep -q '^ok' "$BATS_TEST_TMPDIR/judged"
	((code == (${#expected} > 0)))
	assert_listed "${folder[0]}"
}

# A starter, a solution, and two wrong ones: all four with test.sh --all, else one of the wrong ones.
all_judged() { # N
	local variant variants=(starter solution wrong-1 wrong-2)
	if ((${TEST_SHARE-1} > 1)); then
		unset "variants[$((RANDOM % 2 + 2))]"
		echo "# left out: one of the wrong solutions of assignment $1" >&3
	fi
	for variant in "${variants[@]}"; do
		echo "assignment $1: $variant"
		judge "$1" "$variant" # with nothing after it: set -e ends it where something differs
	done
}

# The solution with one line changed: a requirement, the first that it does not meet.
fault() { # N FILE SED-SCRIPT REQUIREMENT
	begin "$1" solution
	sed -i.right "$3" "$work/$2"
	run ! diff "$work/$2.right" "$work/$2"
	echo "$output"
	run -1 "$ASSIGNMENTS/assignment.sh" check "$1" "$work"
	echo "$output"
	[[ $(sed -n 's/^not ok [0-9]* - //p' <<<"$output" | head -n 1) == "$4" ]]
}

@test "assignment 1: a reader that follows the map" { all_judged 1; }
@test "assignment 2: counters that survive a reload" { all_judged 2; }
@test "assignment 3: what is pinned for a device" { all_judged 3; }
@test "assignment 4: taking pins away, and nothing else" { all_judged 4; }
@test "assignment 5: an update that is seen whole or not at all" { all_judged 5; }
@test "assignment 6: a new program that has one map more" { all_judged 6; }
@test "assignment 7: no packet lost, and none counted twice" { all_judged 7; }

@test "assignment 1: faults of a reader" {
	fault 1 reader.c '/sigaction(SIGINT/d' "SIGINT ends it, too; here it was started without SECONDS"
	fault 1 reader.c 's/reader->new, reader->all);/reader->all, reader->all);/' \
		"in each line, new is what is more in all than in the line before"
}

@test "assignments 2 to 6: faults of each" {
	fault 2 loader.c 's/: -EMEDIUMTYPE;/: (__builtin_abort(), 0);/' \
		"a pinned map of another size is not used: one with more elements, one with larger values"
	fault 3 list.c 's/return err;$/return list->pins.count ? -1 : err;/;/pin_list_close/d' "the exit code is 0"
	fault 3 list.c 's/kind == PIN_PROGRAM/& \&\& !__builtin_strstr(pin->path, "_100")/' \
		"all this holds for a device with a dot in its name"
	fault 4 unpin.c 's/i < list.count/& \&\& i < 2/' "the pins of all maps and programs go"
	fault 5 update.c 's/return err ?/return err || update.first != update.last ?/' \
		"update PIN --count 1000: all numbers are 1000 in the end"
	fault 5 update.c 's/&update->last))/\&update->last) \&\& !count)/;s/update update;/update update = { 0 };/' \
		"what is no number is refused, and nothing is written"
	fault 6 loader.c 's/err = attach(loader)/err = loader->pins.count > 1 ? 0 : attach(loader)/' \
		"the maps that are pinned are those that the program uses then, too"
}

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

# A copy of the tree; nothing is built in it yet that a check would not build.
use_copy() {
	unset MAKEFLAGS V
	mkdir "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return
	cp -a "$TOP"/{Makefile,VERSION,configure,configure.d,config.mk,libbpf,packaging,headers,common,basic04-pinning-maps,testenv,build} .
	rm -rf build/tests
}

@test "make assignment-N, check-N and solution-N: from the starter to what passes, and nothing is overwritten" {
	use_copy
	local work=work/assignment-3
	run ! make check-3
	[[ $output == *"$work is not there: begin with make assignment-3"* ]]
	run -0 make assignment-3
	[[ $output == *"$work is yours now: list.c"* && $(ls "$work") == list.c ]]
	run ! make check-3
	[[ $output == *"not ok 1 - "*" requirements hold"* ]]

	run -0 --separate-stderr make solution-3
	patch -s -d "$work" -p1 <<<"$output"
	mine=$(<"$work/list.c")
	run ! make assignment-3
	[[ $output == *"$work is there already, and stays as it is"* && $(<"$work/list.c") == "$mine" ]]
	run -0 make check-3
	[[ $output == *"all "*" requirements hold; make solution-3 shows"* && $output != *"not ok"* ]]
	[[ ! -e build/tests ]] # no check takes what the tests run
}

@test "an assignment that is not there is named, and so is how to call it" {
	run -2 "$ASSIGNMENTS/assignment.sh" start 99
	[[ $output == *"there is no assignment '99'"* ]]
	run -2 "$ASSIGNMENTS/assignment.sh" start
	[[ $output == "Usage: "* ]]
}
