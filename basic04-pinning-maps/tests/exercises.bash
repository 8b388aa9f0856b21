# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The chapters on maps: the lines of C that a page shows, and its exercises; after helpers and transcript.
# shellcheck shell=bash

# Each block of C on a chapter's page is 5 to 10 lines, and one of the chapter's sources has them.
shows_its_lines() { # NAME
	local page=basic04-pinning-maps/maps/$1/README.org n source lines found count=0
	for n in $(blocks_of c "$page"); do
		lines=$(block "$n" "$page")
		found=''
		for source in "$LESSON/maps/$1"/*.[ch]; do
			[[ $'\n'$(<"$source")$'\n' != *$'\n'"$lines"$'\n'* ]] || found=yes
		done
		[[ $found ]] || { echo "no source has these lines of $page: $lines" && return 1; }
		count=$(wc -l <<<"$lines")
		((count >= 5 && count <= 10)) || { echo "$page shows $count lines: $lines" && return 1; }
	done
	((count)) || { echo "$page shows no C" && return 1; }
}

# A tree whose chapters can be changed, and made again: the rest of it is this tree's own.
exercise_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	rm -rf "$TREE"
	mkdir "$TREE"
	ln -s "$TOP"/* "$TREE"
	rm -f "$TREE"/{build,basic04-pinning-maps,work}
	mkdir -p "$TREE"/{build/,}basic04-pinning-maps
	cp -aL "$LESSON"/{Makefile,maps} "$TREE/basic04-pinning-maps"
	cp -a "$TOP/build/maps" "$TREE/build"
	cp -a "$TOP/build/basic04-pinning-maps/maps" "$TREE/build/basic04-pinning-maps"
}

# Replaces some lines by others. One source of the chapter must have them, and in one place.
lines_replace() { # FOLDER OLD NEW
	local source text hits=()
	for source in "$1"/*.[ch]; do
		text=$(<"$source")$'\n'
		[[ $text != *"$2"* ]] || hits+=("$source")
		[[ $text != *"$2"*"$2"* ]] || hits+=("$source")
	done
	((${#hits[@]} == 1)) || { echo "found in ${#hits[@]} places: $2" && return 1; }
	text=$(<"${hits[0]}")$'\n'
	printf '%s' "${text/"$2"/"$3"}" >"${hits[0]}"
}

# Makes the change that standard input shows: lines with "-" become the lines with "+" that follow them.
change_make() { # FOLDER
	local line old='' new=''
	while IFS= read -r line; do
		if [[ $line == -* && $new ]]; then
			lines_replace "$1" "$old" "$new" || return
			old='' new=''
		fi
		case $line in
		-*) old+=${line#-}$'\n' ;;
		+*) new+=${line#+}$'\n' ;;
		*) echo "neither - nor +: $line" && return 1 ;;
		esac
	done
	lines_replace "$1" "$old" "$new"
}

# What a chapter prints now that it did not print before, as "+" lines, and the other way round as "-".
exercise_answer() { # NAME
	local page=basic04-pinning-maps/maps/$1/README.org n
	n=$(blocks_of sh "$page")
	block "$n" "$page" >"$TREE.commands"
	(cd "$TREE" && bash "$TREE.commands" >"$TREE.happened" 2>&1 </dev/null) || :
	diff <(output_of "$n" "$page" | mask) <(mask "$TREE.happened") | sed -n 's/^< /-/p; s/^> /+/p'
}

# Makes a chapter's exercises, one after the other, and compares what changes with what the page says.
exercises() { # NAME
	local page=basic04-pinning-maps/maps/$1/README.org folder changes answers i
	mapfile -t changes < <(blocks_of diff "$page" "Change it, predict, run")
	mapfile -t answers < <(blocks_of diff "$page" "What changes")
	((${#changes[@]} == 2 && ${#answers[@]} == 2)) || { echo "$page: not two exercises" && return 1; }
	for i in 0 1; do
		exercise_tree
		folder=$TREE/basic04-pinning-maps/maps/$1
		block "${changes[i]}" "$page" | change_make "$folder" || return
		((${TEST_SHARE-1} == 1)) || continue # a compiler is long on a slow machine
		make -s -C "$TREE/basic04-pinning-maps" "maps/$1/$1" 3>&- || return
		diff <(block "${answers[i]}" "$page" | mask) <(exercise_answer "$1") ||
			{ echo "$page: exercise $((i + 1))" && return 1; }
	done
}
