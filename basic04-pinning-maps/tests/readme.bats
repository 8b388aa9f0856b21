#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the README.org files show is what happens.
load helpers
load trace
load transcript
bats_require_minimum_version 1.5.0

@test "README.org's first try prints what it shows" {
	replay_pair "A first try" 1 README.org
}

LESSON_PAGE=basic04-pinning-maps/README.org

# What tests do with a block of the page: run it; run it where there is a dispatcher; compile it; or
# nothing, of those that are no example.
use_of() { # HEADING N FIRST-LINE
	case $(block "$1" "$2" "$LESSON_PAGE") in
	*"# xdp-loader status"*) echo dispatcher ;;
	"# "*) echo run ;;
	*"bpf_object__"*) echo compile ;;
	*) echo "nothing: $1: $3" ;;
	esac
}

blocks_for() { # USE
	local heading n first
	blocks "$LESSON_PAGE" | while IFS=$'\t' read -r heading n first; do
		[[ $(use_of "$heading" "$n" "$first") != "$1" ]] || printf '%s\t%s\n' "$heading" "$n"
	done
}

@test "the lesson's transcripts, in their order, are what their commands say" {
	trace_begin
	local heading n
	while IFS=$'\t' read -r heading n; do
		replay "$heading" "$n" "$LESSON_PAGE"
	done < <(blocks_for run)
}

@test "the lesson's transcript of two copies behind a dispatcher is what its commands say" {
	make_pair
	run -0 "$LOADER" -d v0
	needs_dispatcher "$output"
	"$TOP/testenv/testenv.sh" setup
	"$LOADER" -q -d testenv
	local heading n
	while IFS=$'\t' read -r heading n; do
		replay "$heading" "$n" "$LESSON_PAGE"
	done < <(blocks_for dispatcher)
}

@test "the lesson's C compiles" {
	local heading n
	while IFS=$'\t' read -r heading n; do
		{
			printf '#include <bpf/%s>\n' bpf.h libbpf.h
			echo 'void example(struct bpf_object *object, struct bpf_map *map, int fd) {'
			block "$heading" "$n" "$LESSON_PAGE"
			echo '}'
		} | cc -Wall -Wextra -Werror -fsyntax-only -x c -
	done < <(blocks_for compile)
}

@test "each block of the lesson is run or compiled, but for the figure of a reload" {
	local heading n first
	blocks "$LESSON_PAGE" | while IFS=$'\t' read -r heading n first; do
		use_of "$heading" "$n" "$first"
	done >"$BATS_TEST_TMPDIR/uses"
	run -0 sort -u "$BATS_TEST_TMPDIR/uses"
	[[ $output == $'compile\ndispatcher\nnothing: What happens on reload: lock     flock() on'*$'\nrun' ]]
	((${#lines[@]} == 4))
}

# Replays a transcript, and then looks whether it could as well have shown something else.
is_exact() { # PAGE HEADING N SED-COMMAND...
	local shown=$BATS_TEST_TMPDIR/shown change
	"${REPLAY-replay}" "$2" "$3" "$1"
	cp "$shown" "$shown.page"
	for change in "${@:4}"; do
		sed -E "$change" "$shown.page" >"$shown"
		echo "$2: $change"
		run -1 cmp -s "$shown" "$shown.page" # it does change something
		run -1 is_shown
	done
}

@test "a transcript that shows something else than what happens is found out" {
	REPLAY=replay_pair is_exact README.org "A first try" 1 '/PASS/s/[0-9]+ +[0-9]+ B/0 0 B/' \
		's/it replaces xdp_pass/it replaces xdp_drop/' 's/1 new/2 new/' '/unloaded/d'
	is_exact "$LESSON_PAGE" "A device to try it on" 1 's/1 new/777 new/' 's/0 reused/1 reused/' 's/3 received/2 received/' \
		's/0% packet/50% packet/' '/DROP/s/0  /777  /' '/PASS/s/[0-9]+ +[0-9]+ B/0 0 B/' 's/id [0-9]+/id none/' \
		'/xdp_stats_map$/d' 's/native/skb/'
	"$LOADER" -q -d testenv --unload-all
	is_exact "$LESSON_PAGE" "Reset, or reuse" 2 's/1 reused/0 reused/' '/PASS/s/3  /4  /' '/PASS/s/0  /1  /'
	is_exact "$LESSON_PAGE" "Following a map" 1 's/generation 2/generation 3/'
	"$TOP/testenv/testenv.sh" setup
	"$LOADER" -q -d testenv
	n=$(blocks "$LESSON_PAGE" | sed -nE 's/^Traps\t([0-9]+)\t# \{ strace.*/\1/p')
	is_exact "$LESSON_PAGE" Traps "$n" 's/exit code 137/exit code 0/' 's/1 reused/777 reused/' 's/value 16 B/value 24 B/' \
		's/5 entries/7 entries/' 's/stale/live/'
}

@test "a transcript shows the same with any version of ping" {
	local new="PING fc00::1 (fc00::1) 56 data bytes" old
	for old in "PING fc00::1(fc00::1) 56 data bytes" "PING fc00::1 (fc00::1): 56 data bytes"; do
		[[ $(mask <<<"$old") == "$(mask <<<"$new")" ]]
		[[ $(mask <<<"$old") != "$(mask <<<"${new//::1/::2}")" ]]
	done
}

@test "the examples for Prometheus and systemd are valid" {
	cd "$LESSON/monitoring"
	promtool check config prometheus.yml
	promtool check rules xdp_stats.rules.yml
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed; the rest is valid"
	sed "s|/usr/local/bin/xdp_stats|$STATS|; /^Documentation/d" xdp_stats.service >"$BATS_TEST_TMPDIR/xdp_stats.service"
	systemd-analyze verify "$BATS_TEST_TMPDIR/xdp_stats.service"
}

@test "the program of one's own compiles, loads, counts and is read" {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$TOP"/{headers,testenv,basic04-pinning-maps} .
	block "Your own program" 1 README.org >commands
	run -0 bash -e commands
	[[ $output == *"attached my_program"*XDP_PASS* ]]
}

# Prints what the commands on an assignment's page print, those that show it, for the solution, in a tree
# that has the learner's folder to itself.
assignment_shown() { # N
	local folder=("$LESSON/assignments/$1"-*/) tree=$BATS_TEST_TMPDIR/tree$1
	mkdir "$tree"
	ln -s "$TOP"/* "$tree"
	rm -f "$tree/work"
	cd "$tree" || return
	awk '/^#\+end_/ { inside = 0 } inside && !/^make check/; /^#\+begin_src sh/ { inside = 1 }' "${folder[0]}README.org" |
		sed "/^make assignment/a patch -s -d work/assignment-$1 -p1 <${folder[0]}solution.patch" >"$tree.commands"
	bash -ex "$tree.commands" 3>&-
}

@test "what the assignments' pages say to see it by works" {
	((${TEST_SHARE-1} == 1)) || skip "each of the seven is built: that is long on a slow machine"
	local n
	for n in {1..7}; do
		assignment_shown "$n" >"$BATS_TEST_TMPDIR/shown$n"
	done
	cd "$BATS_TEST_TMPDIR"
	tail -v -n 10 shown*
	grep -q '^XDP_DROP  *0  *0 B' shown5
	grep -q '^XDP_PASS  *[2-9][0-9],[0-9]*  *[0-9.]* [kM]B' shown5
	grep -qx lengths shown6
	grep -qx xdp_stats_map shown6
	grep -q '^XDP_PASS  *2[0-9],[0-9]*  *[0-9.]* [kM]B' shown7
}

# From the top, from the lesson's folder, or from the page's own. Others are the system's, or patterns.
@test "each file and folder that the pages name is there" {
	cd "$TOP"
	local page path
	while IFS=: read -r page path; do
		path=${path//=/}
		case $path in
		/* | sys/* | xdp/* | linux/* | kernel/* | *[A-Z][A-Z]/* | *-N/) continue ;;
		esac
		[[ -e $path || -e basic04-pinning-maps/$path || -e $(dirname "$page")/$path ]] ||
			{ echo "$page: no $path" && false; }
	done < <(find . -name '*.org' ! -path './build/*' ! -path './work/*' -exec grep -oHE '=(\.{0,2}/?[A-Za-z0-9_.-]+/)+[A-Za-z0-9_.-]*=' {} +)
}
