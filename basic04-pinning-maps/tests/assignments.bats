#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The assignments: each solution passes its check, the page lists what is checked, and the commands for the
# learner work. assignments-wrong.bats has the wrong solutions, assignments-cheats.bats those that do not try.
load assignments.bash

# The checker's lines are the items of the page's list, which may say more.
assert_listed() {
	local items lines i
	mapfile -t items < <(tr -d = <"${folder[0]}/README.org" | awk '
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

passes() { # N
	begin "$1" solution
	judge "$1"
	[[ $(red_lines) == "" ]]
	judged_has "^all [0-9]+ requirements hold; make solution-$1 shows"
	((CODE == 0))
	assert_listed
}

@test "assignment 1: the solution passes, and the page lists the requirements" { passes 1; }
@test "assignment 2: the solution passes, and the page lists the requirements" { passes 2; }
@test "assignment 3: the solution passes, and the page lists the requirements" { passes 3; }
@test "assignment 4: the solution passes, and the page lists the requirements" { passes 4; }
@test "assignment 5: the solution passes, and the page lists the requirements" { passes 5; }
@test "assignment 6: the solution passes, and the page lists the requirements" { passes 6; }
@test "assignment 7: the solution passes, and the page lists the requirements" { passes 7; }

# The solution with one line changed: a requirement, the first that is not met.
fault() { # N FILE SED-SCRIPT REQUIREMENT
	begin "$1" solution
	sed -i.right "$3" "$work/$2"
	run ! diff "$work/$2.right" "$work/$2"
	rm "$work/$2.right"
	judge "$1"
	[[ $(sed -n 's/^not ok [0-9]* - //p' "$BATS_TEST_TMPDIR/judged" | head -n 1) == "$4" ]]
}

@test "small faults are found: a signal, a wrong sum, an exit code, a number that is not one" {
	((${TEST_SHARE-1} == 1)) || skip "a whole check for each: test.sh --all makes them"
	fault 1 reader.c '/sigaction(SIGINT/d' "SIGINT ends it, too; here it was started without SECONDS"
	fault 1 reader.c 's/reader->new, reader->all);/reader->all, reader->all);/' \
		"in each line, new is how much all has grown since the line before"
	fault 3 list.c 's/return print_pins(&list) ?/return print_pins(\&list) || list.count ?/' "the exit code is 0"
	fault 3 list.c 's/"%s\/programs", dir.path/"\/sys\/fs\/bpf\/%s\/programs", device/' \
		"all this holds for a device with a dot in its name"
	fault 5 update.c 's/return err ?/return err || update.first != update.last ?/' \
		"update PIN --count 1000: all numbers are 1000 in the end"
	fault 5 update.c 's/&update->last))/\&update->last) \&\& !count)/;s/update update;/update update = { 0 };/' \
		"what is not a number is refused, and nothing is written"
	fault 6 loader.c 's/err = attach(loader)/err = loader->pins.count > 1 ? 0 : attach(loader)/' \
		"the maps that are pinned are those that the program uses then, too"
}

# What still runs of a check, in this PID namespace.
still_running() { pgrep -f "$1" || :; } # PATTERN

@test "a program that hangs is run once; a check leaves no process behind" {
	cheat 3 list.c <<'END'
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	fprintf(stderr, "begun\n");
	if (!fork())
		setsid();
	for (;;)
		pause();
}
END
	judged_has 'it hangs, and is killed'
	[[ $(grep -c 'it hangs, and is killed' "$BATS_TEST_TMPDIR/judged") -gt 1 ]]
	[[ $(still_running "$work/list") == "" ]]

	cheat 1 reader.c <<'END'
#include <unistd.h>
int main(void)
{
	for (;;)
		pause();
}
END
	judged_has '^    happened: no such line$'
	[[ $(still_running "$work/reader") == "" ]]
}

@test "what a program writes before it exits is shown; an ID that is missing is named" {
	cheat 2 loader.c <<'END'
#include <stdio.h>
int main(void)
{
	fprintf(stderr, "loader: not today\n");
	return 7;
}
END
	judged_has '^    happened: it exits 7$'
	judged_has '^    stderr:   loader: not today$'
	judged_has '^    expected: one that an earlier requirement brings; meet that one first$'
	run ! judged_has 'expected: (map)? *$'
}

@test "the hint fits what happened: an old map not read, and too many open files" {
	begin 1 old-map-not-read
	judge 1
	grep -A 3 '^    happened: 200 more$' "$BATS_TEST_TMPDIR/judged" | grep -qx '    read:     make hint-1 HINT=3'
	begin 1 descriptors-left
	judge 1
	grep -A 1 -i '^    stderr:.*too many open files' "$BATS_TEST_TMPDIR/judged" | grep -qx '    read:     make hint-1 HINT=1'
}

@test "each hint that a check names is there, and no page shows one" {
	local folder name hint
	for folder in "$ASSIGNMENTS"/*/; do
		name=$(basename "$folder")
		grep -q "{ passes ${name%%-*}; }" "$BATS_TEST_FILENAME"
		while read -r hint; do
			grep -q "^$hint\. " "$folder/hints.org"
		done < <(sed -nE 's/^[[:space:]]*require "[^"]*" ([0-9]+) .*/\1/p' "$folder/check")
		run ! grep -i '^\* hint' "$folder/README.org"
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

@test "make assignment-N, check-N, hint-N, solution-N and reset-N: from the starter to what passes" {
	use_copy
	local work=work/assignment-3 mine
	run ! make check-3
	[[ $output == *"$work is not there: begin with make assignment-3"* ]]
	run -0 make assignment-3
	[[ $output == *"$work is yours now: list.c"* && $(ls "$work") == list.c ]]
	run ! make check-3
	[[ $output == *"not ok 1 - "*" requirements hold"* ]]

	run ! make hint-4
	[[ $output == *"begin with make assignment-4"* ]]
	run -0 make hint-3
	[[ $output == "Hint 1 of 5"*"1. All that you can read"* && $output != *"2. "* ]]
	run -0 make hint-3
	[[ $output == "Hint 2 of 5"*"2. "* && $output != *"1. All"* ]]
	run -0 make hint-3 HINT=5
	[[ $output == "Hint 5 of 5"* ]]
	run ! make hint-3 HINT=08
	[[ $output == *"a hint is a number from 1 to 5, not '08'"* ]]
	run ! make hint-3
	[[ $output == *"there are 5 hints for assignment 3; make hint-3 HINT=1 prints the first one again"* ]]

	run ! make solution-3
	[[ $output == *"you have not tried assignment 3 yet"*"make solution-3 SHOW=1"* && $output != *+++* ]]
	run -0 --separate-stderr make solution-3 SHOW=1
	[[ $output == *"Why not "* ]]
	patch -s -d "$work" -p1 <<<"$output"
	mine=$(<"$work/list.c")
	run ! make assignment-3
	[[ $output == *"$work is there already, and stays as it is"* && $(<"$work/list.c") == "$mine" ]]
	run -0 make check-3
	[[ $output == *"all "*" requirements hold; make solution-3 shows"* && $output != *"not ok"* ]]
	run -0 make solution-3
	[[ ! -e build/tests ]] # no check takes what the tests run

	make -s assignment-2
	run -0 make -C basic04-pinning-maps/assignments check
	[[ $output =~ 3-list\ +all\ [0-9]+\ requirements\ hold ]]
	[[ $output =~ 2-reuse\ +6\ of\ 14\ requirements\ hold\;\ the\ first\ that\ does\ not:\ 5\ -\ the\ second\ load\ uses ]]
	[[ $output =~ 7-swap\ +not\ begun:\ make\ assignment-7 ]]

	run -0 make reset-3
	[[ $output == *"Your work is kept in $work.old-1"* && $(<"$work.old-1/list.c") == "$mine" ]]
	diff "$work/list.c" basic04-pinning-maps/assignments/3-list/list.c
}

@test "an assignment that is not there is named, and so is how to call it" {
	run -2 "$ASSIGNMENTS/assignment.sh" start 99
	[[ $output == *"there is no assignment '99'"* ]]
	run -2 "$ASSIGNMENTS/assignment.sh" start
	[[ $output == "Usage: "* ]]
}
