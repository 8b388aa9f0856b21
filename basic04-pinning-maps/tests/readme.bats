#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the README.org files show is what happens.
load helpers
load trace
load transcript
bats_require_minimum_version 1.5.0

@test "README.org's transcript is what its commands say" {
	replay "A transcript" 1 README.org mask_numbers
}

LESSON_PAGE=basic04-pinning-maps/README.org

# Numbers that are a control surface's values are compared; how the program is attached is the kernel's
# matter, and how long its code is.
mask_control() {
	mask_ids "$@" | sed -E 's/[0-9]+ B (translated|native)/N B \1/g; s/ +/ /g; s/ id N ext / id N xdp /; s/, through libxdp$//'
}

takes_dispatcher() { block "$1" "$2" "$LESSON_PAGE" | grep -q 'xdp-loader status'; } # HEADING N

@test "the lesson's transcripts, in their order, are what their commands say" {
	trace_begin
	local heading n mask count=0
	while IFS=$'\t' read -r heading n; do
		! takes_dispatcher "$heading" "$n" || continue # below
		mask=mask_numbers
		[[ $heading != "A map as a control surface" && $heading != "The smallest pair" ]] || mask=mask_control
		replay "$heading" "$n" "$LESSON_PAGE" "$mask"
		count=$((count + 1))
	done < <(transcripts "$LESSON_PAGE")
	((count > 15))
}

@test "the lesson's transcript of two copies behind a dispatcher is what its commands say" {
	make_pair
	run -0 "$LOADER" -d v0
	[[ $output == *"through libxdp"* ]] || skip "this kernel has no freplace (EPERM)"
	"$TOP/testenv/testenv.sh" setup
	"$LOADER" -q -d testenv
	local heading n count=0
	while IFS=$'\t' read -r heading n; do
		takes_dispatcher "$heading" "$n" || continue
		replay "$heading" "$n" "$LESSON_PAGE" mask_numbers
		count=$((count + 1))
	done < <(transcripts "$LESSON_PAGE")
	((count == 1))
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
	make_pair testenv v1
	cp -r "$TOP/headers" "$BATS_TEST_TMPDIR"
	mkdir "$BATS_TEST_TMPDIR/basic04-pinning-maps"
	ln -s "$LOADER" "$STATS" "$BATS_TEST_TMPDIR/basic04-pinning-maps"
	cd "$BATS_TEST_TMPDIR"
	block "The counters of your own program" 1 README.org >my_program.c
	block "The counters of your own program" 2 README.org | sed 's/xdp_stats -d testenv$/& --once/' >commands
	(($(wc -l <commands) == 3))
	run -0 bash -e commands
	[[ $output == *"attached my_program"*XDP_PASS* ]]
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
