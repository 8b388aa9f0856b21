#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Loads that are killed after any system call.
load helpers
load consistency
load traffic
load kill
setup() { make_pair; }
teardown() { jobs_end; }

@test "a load that is killed anywhere is finished or undone by the next command" {
	kill_everywhere nothing_loaded nothing_to_check next_command nothing_to_check "$LOADER" -d "$DEV"
}

@test "a reload that is killed anywhere leaves the old or the new program running, and is repaired" {
	kill_everywhere pass_loaded still_attached next_command still_attached \
		"$LOADER" -d "$DEV" --progname xdp_drop_func
}
