#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Unloads, and reloads that keep the counters, that are killed after any system call.
load helpers
load consistency
load traffic
load kill
setup() { make_pair; }
teardown() { jobs_end; }

@test "a reload with --reuse-maps that is killed anywhere loses no count" {
	pass_loaded
	# A frame from the other end, so that there is a count to lose.
	echo '{ eth(da=02:00:00:00:00:01, sa=02:00:00:00:00:02, type=0x88b5), fill(0x00, 50) }' >"$BATS_TEST_TMPDIR/frame"
	trafgen -q -i "$BATS_TEST_TMPDIR/frame" -o v1 -n 100 -P 1 >/dev/null
	total=$(counted)
	((total >= 100))
	same_count() {
		still_attached
		if [[ $(counted) != "$total" ]]; then echo "$(counted) counted, were $total; "; fi
	}
	kill_everywhere pass_loaded_counting_on same_count next_command same_count \
		"$LOADER" -d "$DEV" --progname xdp_drop_func --reuse-maps
	[[ $(counted) == "$total" ]]
}

@test "an unload that is killed anywhere is finished or undone by the next command" {
	kill_everywhere pass_loaded nothing_to_check next_command nothing_to_check "$LOADER" -d "$DEV" --unload
}

@test "an unload-all that is killed anywhere is finished or undone by the next command" {
	kill_everywhere pass_loaded nothing_to_check next_command nothing_to_check "$LOADER" -d "$DEV" --unload-all
}

# What is unpinned is no longer known to be ours, so the same again is what has to work.
unpin_again() {
	"$LOADER" -q -d "$DEV" --unpin || echo "cannot unpin again; "
	if [[ -e $DIR ]]; then find "$DIR"; fi
}

# Behind the dispatcher a program whose pins are lost stays beside the next one, of which there can be ten.
loaded_alone() {
	nothing_loaded
	pass_loaded
}

@test "an unpin that is killed anywhere leaves the program running, and can be run again" {
	kill_everywhere loaded_alone still_attached unpin_again still_attached "$LOADER" -d "$DEV" --unpin
}

unpinned() {
	loaded_alone
	"$LOADER" -q -d "$DEV" --unpin
}
pin_again() {
	"$LOADER" -q -d "$DEV" --pin --force || echo "cannot pin again; "
	inconsistency "$DEV"
}

@test "a --pin that is killed anywhere can be run again" {
	kill_everywhere unpinned still_attached pin_again still_attached "$LOADER" -d "$DEV" --pin --force
}
