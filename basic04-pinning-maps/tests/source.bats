#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The sources themselves: checkers' verdicts, and rules that no compiler checks.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# The tree's own files, NUL-terminated; what find's expression $@ says of them.
sources() {
	find -L . \( -path ./.git -o -path ./build -o -path ./config.mk \) -prune -o -type f "$@" -print0
}

shell_scripts() {
	sources \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \)
	# shellcheck disable=SC2016
	sources ! -name '*.*' -size -200k -exec sh -c \
		'head -c 64 "$1" | head -n 1 | grep -aqE "^#!.*[/ ](ba)?sh( |$)"' sh {} \;
}

@test "shellcheck has nothing to say about the shell scripts" {
	mapfile -d '' -t scripts < <(shell_scripts)
	[[ " ${scripts[*]} " == *" ./configure "* ]]
	# Newer versions take a @test for a subshell of the functions that follow it.
	run shellcheck --external-sources --source-path=SCRIPTDIR --source-path=. --exclude=SC2030,SC2031 "${scripts[@]}"
	echo "$output"
	[[ $status == 0 ]]
}

@test "clang-format would change nothing in the C files" {
	version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
	[[ $version == 14 ]] || skip "formats by clang-format 14, this is $version"
	mapfile -d '' -t files < <(sources -name '*.[ch]')
	run clang-format --dry-run -Werror "${files[@]}"
	echo "$output"
	[[ $status == 0 ]]
}

@test "no line of C has more than 100 columns, with tabs of 8" {
	mapfile -d '' -t files < <(sources -name '*.[ch]')
	run awk '{ line = $0; while (i = index(line, "\t")) line = substr(line, 1, i - 1) \
		sprintf("%" 8 - (i - 1) % 8 "s", "") substr(line, i + 1) }
		length(line) > 100 && !/▁/ { print FILENAME ":" FNR ": " length(line) }' "${files[@]}"
	echo "$output"
	[[ -z $output ]]
}

@test "each header compiles alone" {
	run make check-headers
	echo "$output"
	[[ $status == 0 ]]
}

@test "each file that a test runner starts is executable" {
	run find basic04-pinning-maps/tests -name '*.bats' ! -perm -u+x
	echo "$output"
	[[ -z $output ]]
}

# symbols LETTER LIBRARY...: the names that they have in nm's list with that letter
symbols() { nm "${@:2}" 2>/dev/null | awk -v letter="$1" 'NF > 1 && $(NF - 1) ~ letter { print $NF }' | sort -u; }

@test "no arrow between the writer and the reader, and none upwards: base <- pins <- either" {
	local from to library=build/lib bad=()
	for from in writer:reader reader:writer pins:writer pins:reader base:pins base:writer base:reader; do
		to=${from#*:} from=${from%:*}
		mapfile -t -O "${#bad[@]}" bad < <(comm -12 <(symbols '^U$' "$library$from.a") \
			<(symbols '^[TDBR]$' "$library$to.a") | sed "s/^/$from uses $to's /")
	done
	printf '%s\n' "${bad[@]}"
	[[ ${#bad[@]} == 0 && -n $(symbols '^U$' build/libreader.a) && -n $(symbols '^[TDBR]$' build/libwriter.a) ]]
}

@test "xdp_stats has nothing that pins, attaches or loads" {
	run nm --undefined-only basic04-pinning-maps/xdp_stats
	[[ $output == *bpf_obj_get* ]]
	run grep -E 'bpf_obj_pin|bpf_link|bpf_xdp_attach|bpf_object__|bpf_prog_load|xdp_program__' <<<"$output"
	echo "$output"
	[[ -z $output ]]
}

@test "each mount of a BPF filesystem, made or advised, gives a mode: without one anybody may write there" {
	mapfile -d '' -t files < <(sources -size -200k)
	run grep -nIE 'mount[^#]*-t bpf +bpf|mount\("[^"]*", [^"]*"bpf", 0, NULL' "${files[@]}"
	echo "$output"
	[[ -z $output ]]
}

@test "each source file names the licence" {
	without=()
	while IFS= read -r -d '' file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause' ||
			without+=("$file")
	done < <(
		sources \( -name '*.[ch]' -o -name Makefile -o -name '*.mk' \)
		shell_scripts
	)
	echo "without: ${without[*]}"
	((${#without[@]} == 0))
}
