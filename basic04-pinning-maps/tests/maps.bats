#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The chapters on maps: each example, run as its page says, prints what its page shows.
bats_require_minimum_version 1.5.0

load helpers
load transcript
load exercises

chapter() { # NAME
	replay "basic04-pinning-maps/maps/$1/README.org"
	shows_its_lines "$1"
	exercises "$1"
}

# Where the kernel's build or the machine lacks something, the example ends with 77 and says what.
chapter_or_skip() { # NAME
	run "$LESSON/maps/$1/$1"
	# shellcheck disable=SC2154  # bats sets status and lines
	[[ $status != 77 ]] || skip "${lines[-1]}"
	chapter "$1"
}

@test "make: a map by a call, by a definition, and by a name that a later load finds" { chapter make; }

@test "syscall: bpf() makes the map that bpf_map_create() makes" { chapter syscall; }

@test "update: what BPF_ANY, BPF_NOEXIST and BPF_EXIST do" { chapter update; }

@test "read: what lookup, delete, and both at once do to a hash, an array and a queue" {
	needs_kernel 5.14 "lookup and delete at once, on a hash"
	chapter read
}

@test "walk: what a walk through a hash meets while the hash changes" { chapter walk; }

@test "batch: each element is met once, though the hash changes" { chapter batch; }

@test "for_each: a program goes through a hash, and changes it" {
	needs_kernel 5.13 "bpf_for_each_map_elem()"
	chapter for_each
}

@test "per_cpu: a value for each possible CPU, at a multiple of 8 bytes" { chapter per_cpu; }

@test "spin_lock: a value is torn unless all take its lock" { chapter_or_skip spin_lock; }

@test "hash_lock: an update with the lock does not take the element from a program" { chapter hash_lock; }

@test "map_in_map: a map takes the place of another while a program runs, and nothing is lost" { chapter map_in_map; }

@test "queue_stack: push, peek and pop, from user space and from a program" { chapter queue_stack; }

@test "lru: what a program looks up all the time stays in a full map" { chapter lru; }

@test "lru_per_cpu: the values of all CPUs are thrown out together" { chapter_or_skip lru_per_cpu; }

@test "lpm: each packet takes the route of the longest prefix" { chapter lpm; }

@test "options: what map_extra does to a Bloom filter, and where numa_node is looked at" {
	needs_kernel 5.16 "a Bloom filter"
	chapter options
}

@test "events: one ring keeps the order, a buffer for each CPU does not, and none loses unseen" { chapter_or_skip events; }

@test "lifetime: a map goes with its last descriptor, pin, program or outer map" { chapter lifetime; }

@test "attachment: a map goes when its program is detached, or its link is gone" { chapter attachment; }

@test "access: a pin is opened as its mode, its folder and the flags of the open allow" {
	needs_kernel 5.19 "a user without capabilities may not call bpf() where that is disabled"
	chapter access
}

@test "readonly: flags and freezing close a map to user space or to programs" { chapter readonly; }

@test "redirect: frames leave by the device that the map has, where it takes them" { chapter redirect; }

@test "cpumap: frames continue on the CPU that the map has" { chapter cpumap; }

@test "xsk: frames go to the AF_XDP socket that the map has" { chapter_or_skip xsk; }

@test "sockmap: data goes from one connection to another, past the process" { chapter sockmap; }

@test "reuseport: a program chooses the socket that gets a packet" { chapter reuseport; }

@test "cgroup_array: a process is in the cgroup that the map has, or it is not" { chapter cgroup_array; }

@test "cgroup_storage: each cgroup has a value of its own, for its programs" { chapter cgroup_storage; }

@test "stack_trace: a profile names the callers of a function" { chapter_or_skip stack_trace; }

@test "tail_call: a program array calls what is in it, and is emptied with its last descriptor and pin" { chapter tail_call; }

@test "tail_swap: no frame is without a program while programs are swapped" { chapter tail_swap; }

# Changes a page in a tree of its own, and looks for that.
found_on_page() { # FUNCTION SED-COMMAND
	local page=$LESSON/maps/update/README.org
	cp "$page" "$page.page"
	sed -i "$2" "$page"
	run -1 cmp -s "$page" "$page.page"
	run -1 "$1" update
	echo "$output"
	mv "$page.page" "$page"
}

@test "a page that shows other lines than its program's, or a wrong exercise, is found" {
	exercise_tree
	TOP=$BATS_TEST_TMPDIR/other LESSON=$BATS_TEST_TMPDIR/other/basic04-pinning-maps
	mv "$TREE" "$TOP"
	found_on_page shows_its_lines 's/^static void update(int map,/& int other,/'
	found_on_page shows_its_lines '/^#+begin_src c/,/^#+end_src/{/^$/d;/char what/d;/^}/d}'
	found_on_page exercises '0,/^-\t/s/^-\t.*/-\tno such line/'
	found_on_page exercises '0,/^-\t/s/^-\t.*/-}/'
	found_on_page exercises 's/^#+begin_src diff/#+begin_src patch/'
	((${TEST_SHARE-1} == 1)) || return 0
	found_on_page exercises 's/^+  key 2, .*ok$/+  key 2, BPF_ANY  EINVAL/'
	found_on_page exercises 's/^-  key 1, .*ok$/-  key 1, BPF_ANY  EEXIST/'
}

@test "each chapter is run by a test, has an example, and is on the page of contents" {
	local path name
	for path in "$LESSON"/maps/*/; do
		name=$(basename "$path")
		grep -Eq "chapter(_or_skip)? $name\b" "$BATS_TEST_FILENAME"
		[[ -x $path/$name && -s $path/$name.c && -s $path/README.org ]]
		grep -q "^| \[\[file:$name/README.org\]\[$name/\]\]" "$LESSON/maps/README.org"
	done
}

@test "each chapter's page leads to the one that follows it on the page of contents" {
	local name before=''
	while read -r name; do
		[[ ! $before ]] || grep -qF "Next: [[file:../$name/README.org]" "$LESSON/maps/$before/README.org"
		before=$name
	done < <(grep -oP '^\| \[\[file:\K[a-z_]+(?=/README)' "$LESSON/maps/README.org")
	grep -qF 'Next: [[file:../table.org]' "$LESSON/maps/$before/README.org"
}

TABLE=basic04-pinning-maps/maps/table.org

table_lines() { block "$(blocks_of example "$TABLE" "Linux $1")" "$TABLE"; } # VERSION

# What the page says of a kernel: the whole table, with that kernel's lines in place of the same types'.
table_of() { # VERSION
	table_lines "$1" >"$BATS_TEST_TMPDIR/lines"
	table_lines 7.2 | awk '
		/^#/ { next }
		FILENAME != "-" { line[$1] = $0; next }
		{ print $1 in line ? line[$1] : $0 }' "$BATS_TEST_TMPDIR/lines" -
}

table_versions() { sed -n 's/^\* Linux //p' "$TOP/$TABLE" | sort -V; }

# Of another's build the page says nothing: it may lack parts, or start other security modules.
@test "table: the page says what this kernel answers" {
	local version nearest=5.10
	for version in $(table_versions); do
		! kernel_is "$version" || nearest=$version
	done
	run diff <(table_of "$nearest") <("$LESSON/maps/table")
	echo "$output"
	if [[ $(uname -r) == "$nearest".* && ($(uname -v) == *Debian* || $nearest == 6.18) ]]; then
		((status == 0))
	else
		printf '# %s\n' "${lines[@]}" >&3
		skip "the page has no $(uname -r); above is how it differs from Linux $nearest"
	fi
}

# The types that a line of the page names, after its colon, and those of which the table has it.
table_says() { # BEGINNING AWK-CONDITION
	tr '\n' ' ' <"$TOP/$TABLE" | grep -oE -- "- $1[^:]*: [^.]*\." | cut -d : -f 2 |
		grep -oE '[a-z_]+' >"$BATS_TEST_TMPDIR/named"
	table_of 7.2 | awk '
		function is(column) { return $at[column] }
		function fails(column) { return is(column) ~ /^E/ }
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i + 1; next }
		'"$2"' { print $1 }' | diff "$BATS_TEST_TMPDIR/named" -
	[[ -s $BATS_TEST_TMPDIR/named ]]
}

@test "table: what the page says in words is in the table" {
	table_says 'Nothing goes in by' 'fails("update")'
	table_says 'Each key of an empty map' 'is("noexist") == "EEXIST"'
	table_says 'What was put in cannot' 'fails("lookup") && !fails("update")'
	table_says 'There is no =delete=' 'fails("delete") && is("delete") != "ENOENT"'
	table_says 'These alone have =pop=' 'is("pop") == "ok"'
	table_says 'There is no iteration' 'fails("next") && is("next") != "ENOENT"'
	table_says 'These alone are read in batches' 'is("lookup*") == "ok"'
	table_says 'These alone do not =freeze=' 'fails("freeze")'
}

# Each type, and its chapter or "-".
types_of_contents() {
	sed -nE 's,^\| ([a-z_, ]+) +\| \[\[file:([a-z_]+)/.*,\1 \2,p' "$LESSON/maps/README.org" |
		awk '{ for (i = 1; i < NF; i++) print $i, $NF }' | tr -d ,
	awk '/^No chapter/ { on = 1 } on && /^$/ { exit } on' "$LESSON/maps/README.org" | sed 's/.*: //' |
		grep -oE '[a-z_]+' | sed 's/$/ -/'
}

@test "each type in the table has a chapter that makes such a map, or is said to have none" {
	local type chapter
	diff <(types_of_contents | cut -d ' ' -f 1 | sort) <(table_lines 7.2 | awk 'NR > 2 { print $1 }' | sort)
	while read -r type chapter; do
		if [[ $chapter == - ]]; then
			run -1 grep "BPF_MAP_TYPE_${type^^}\b" "$LESSON"/maps/*/*.c
		else
			grep -q "BPF_MAP_TYPE_${type^^}\b" "$LESSON/maps/$chapter"/*.c
		fi
	done < <(types_of_contents)
}

@test "table: without privilege it says what to do" {
	install -D "$LESSON/maps/table" /run/everybody/table
	run -1 as_nobody /run/everybody/table
	[[ $output == *"Operation not permitted; run as root" ]]
}
