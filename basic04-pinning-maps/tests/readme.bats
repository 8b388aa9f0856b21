#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the README.org files show is what happens.
load helpers
load trace
load transcript
bats_require_minimum_version 1.5.0

LESSON_PAGE=basic04-pinning-maps/README.org
REFERENCE=basic04-pinning-maps/REFERENCE.org

# The number of the block of commands that has this text.
with() { # TEXT FILE
	local n
	for n in $(blocks_of sh "$2"); do
		! block "$n" "$2" | grep -qF -- "$1" || echo "$n"
	done
}

# The blocks of commands that need libxdp's dispatcher.
behind_dispatcher() { with "xdp-loader status" "$REFERENCE"; }

@test "README.org's first try prints what it shows" {
	mapfile -t first_try < <(blocks_of sh README.org "A first try")
	replay README.org "${first_try[@]}"
	is_exact "${first_try[0]}" '/PASS/s/[0-9]+ +[0-9]+ B/0 0 B/' 's/it replaces xdp_pass/it replaces xdp_drop/' \
		's/1 new/2 new/' '/unloaded/d'
}

@test "the lesson's commands, pasted in their order, print what it shows" {
	trace_begin
	replay "$LESSON_PAGE"
	is_exact "$(with 'ping -q -c 3' "$LESSON_PAGE")" 's/1 new/777 new/' 's/0 reused/1 reused/' \
		's/3 received/2 received/' 's/0% packet/50% packet/' '/DROP/s/0  /777  /' \
		'/PASS/s/[0-9]+ +[0-9]+ B/0 0 B/' 's/id [0-9]+/id none/' 's/native/skb/'
	is_exact "$(with 'find /sys/fs/bpf/testenv' "$LESSON_PAGE")" '/xdp_stats_map$/d'
	is_exact "$(with "trafgen -o veth0 -n 3" "$LESSON_PAGE")" 's/1 reused/0 reused/' '/PASS/s/3  /4  /' \
		'/PASS/s/0  /1  /'
	is_exact "$(with '--interval 0.4 --count 3' "$LESSON_PAGE")" 's/generation 2/generation 3/'
	is_exact "$(with '{ strace' "$LESSON_PAGE")" 's/exit code 137/exit code 0/' 's/1 reused/777 reused/' \
		's/value 16 B/value 24 B/' 's/5 entries/7 entries/' 's/stale/live/'
}

@test "the reference's commands, pasted in their order, print what it shows" {
	trace_begin
	mapfile -t numbers < <(comm -23 <(blocks_of sh "$REFERENCE" | sort) <(behind_dispatcher | sort) | sort -n)
	replay "$REFERENCE" "${numbers[@]}"
}

@test "the reference's commands that need a dispatcher print what it shows" {
	make_pair
	run -0 "$LOADER" -d v0
	needs_dispatcher "$output"
	"$TOP/testenv/testenv.sh" setup
	"$LOADER" -q -d testenv
	mapfile -t numbers < <(behind_dispatcher)
	replay "$REFERENCE" "${numbers[@]}"
}

@test "the sessions on testenv's page, pasted, print what it shows" {
	mapfile -t numbers < <(
		blocks_of sh testenv/README.org "A first session"
		blocks_of sh testenv/README.org "Two environments"
	)
	replay testenv/README.org "${numbers[@]}"
}

# A program for the kernel compiles, a definition is one of the sources' own, and user space's C compiles.
compiles() { # (the block is standard input)
	local code
	code=$(cat)
	case $code in
	*'SEC("xdp")'*)
		clang -target bpf -O2 -g -Wall -Werror -I"$TOP/headers" -I"/usr/include/$(uname -m)-linux-gnu" \
			-c -x c - -o /dev/null <<<"$code"
		;;
	*'SEC(".maps")'*) [[ $(cat "$TOP"/headers/*.h) == *"$code"* ]] ;;
	*)
		cc -Wall -Wextra -Wno-unused-parameter -Werror -I"$TOP/headers" -fsyntax-only -x c - <<-END
			#include <stdio.h>
			#include <bpf/bpf.h>
			#include <bpf/libbpf.h>
			#include "xdp_stats_record.h"
			void example(struct bpf_object *object, struct bpf_map *map, int fd, int cpus, int i) {
			$code
			}
		END
		;;
	esac
}

@test "the C of the pages compiles, or is the sources' own" {
	local page n
	for page in "$LESSON_PAGE" "$REFERENCE"; do
		for n in $(blocks_of c "$page"); do
			block "$n" "$page" | compiles || { echo "$page: block $n" && false; }
		done
	done
	run ! compiles <<<'bpf_object__load(objekt);'
	run ! compiles <<<'struct { __uint(type, BPF_MAP_TYPE_HASH); } XDP_STATS_MAP SEC(".maps");'
	run ! compiles <<<$'struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n} XDP_STATS_MAP SEC(".maps");'
	run ! compiles <<<'SEC("xdp") int my_program(struct xdp_md *ctx) { return xdp_stats_count(XDP_PASS); }'
}

@test "each block of the lesson and the reference is run, shown or compiled, except the figures of a reload" {
	local page
	for page in "$LESSON_PAGE" "$REFERENCE"; do
		blocks "$page" | awk -F '\t' '
			$2 == "example" && before == "sh" && $3 == heading { before = "shown"; next }
			{ before = $2; heading = $3 }
			$2 != "sh" && $2 != "c" { print $2 ": " $3 }'
	done >"$BATS_TEST_TMPDIR/figures"
	diff "$BATS_TEST_TMPDIR/figures" - <<-'END'
		example: What a reload guarantees (15 minutes)
		example: What happens on reload
	END
}

@test "a transcript shows the same with any version of ping" {
	local new="PING fc00::1 (fc00::1) 56 data bytes" old
	for old in "PING fc00::1(fc00::1) 56 data bytes" "PING fc00::1 (fc00::1): 56 data bytes"; do
		[[ $(mask <<<"$old") == "$(mask <<<"$new")" ]]
		[[ $(mask <<<"$old") != "$(mask <<<"${new//::1/::2}")" ]]
	done
}

@test "the examples for Prometheus are valid" {
	cd "$LESSON/monitoring"
	promtool check config prometheus.yml
	promtool check rules xdp_stats.rules.yml
}

@test "the program of one's own compiles, loads, counts and is read" {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$TOP"/{headers,testenv,basic04-pinning-maps} .
	block "$(blocks_of sh README.org "Your own program" | head -n 1)" README.org >commands
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
		/* | sys/* | xdp/* | linux/* | kernel/* | *[A-Z][A-Z]/* | *-N/ | work/*) continue ;;
		esac
		[[ -e $path || -e basic04-pinning-maps/$path || -e $(dirname "$page")/$path ]] ||
			{ echo "$page: no $path" && false; }
	done < <(find . -name '*.org' ! -path './build/*' ! -path './work/*' -exec grep -oHE '=(\.{0,2}/?[A-Za-z0-9_.-]+/)+[A-Za-z0-9_.-]*=' {} +)
}

# The pages, from the top.
pages() { find . -name '*.org' ! -path './build/*' ! -path './work/*'; }

@test "each link in the pages leads to a file, or to a heading of its page" {
	cd "$TOP"
	local page link
	while IFS=: read -r page link; do
		case $link in
		file:*) [[ -e $(dirname "$page")/${link#file:} ]] ;;
		\#*) grep -qx ":CUSTOM_ID: ${link#\#}" "$page" ;;
		http*) ;;
		*) false ;;
		esac || { echo "$page: nothing at $link" && false; }
	done < <(pages | xargs grep -oE '\[\[[^]]+\]' | sed 's/:\[\[/:/; s/\]$//')
}

@test "each file that the first pages name is a link" {
	cd "$TOP"
	local page path
	for page in README.org "$LESSON_PAGE" "$REFERENCE"; do
		while read -r path; do
			[[ ! -f $path && ! -f $(dirname "$page")/$path ]] || { echo "$page: $path" && false; }
		done < <(awk '/^#\+begin_/ { skip = 1 } !skip; /^#\+end_/ { skip = 0 }' "$page" | grep -oE '=[^= ]*[/.][^= ]*=' | tr -d =)
	done
}

@test "each page sets its options before its title; no row of the first pages' tables has a second line" {
	cd "$TOP"
	local page
	for page in $(pages); do
		[[ $(grep -m 1 -E '^#\+(OPTIONS|TITLE)' "$page") == "#+OPTIONS:"* ]] || { echo "$page" && false; }
	done
	run ! grep -nE '^\| +\|' README.org "$LESSON_PAGE" "$REFERENCE" testenv/README.org
}
