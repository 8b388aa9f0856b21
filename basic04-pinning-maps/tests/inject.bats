#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader when the kernel refuses: each bpf() call and each netlink request fails once.
load helpers

setup() { make_pair; }

# fail_everywhere CALL ERROR COMMAND...: the command either does its work without that call, or says
# what failed and leaves everything as it was.
fail_everywhere() {
	local call=$1 error=$2 calls number before status points=0 refused=0 bad=0
	shift 2
	"$LOADER" -q -d v0
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace="$call" -- "$@" >/dev/null
	calls=$(grep -c "$call(" "$BATS_TEST_TMPDIR/calls")
	for ((number = 1; number <= calls; number++)); do
		"$LOADER" -q -d v0
		before=$(state)
		status=0
		strace -f -o /dev/null -e inject="$call:error=$error:when=$number" -- "$@" \
			>"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
		points=$((points + 1))
		((status)) || continue
		refused=$((refused + 1))
		if ((status > 40)) || [[ ! -s $BATS_TEST_TMPDIR/said || $(state) != "$before" ]]; then
			echo "$call $number with $error: exit $status, said: $(cat "$BATS_TEST_TMPDIR/said")"
			diff <(echo "$before") <(state) || :
			bad=$((bad + 1))
		fi
	done
	echo "# $call $error: $points calls failed, $refused refused the load, $bad of these changed something" >&3
	((refused > 0 && bad == 0))
}

@test "a reload in which any bpf() call fails changes nothing, and says what failed" {
	for error in ENOMEM EPERM E2BIG; do
		fail_everywhere bpf "$error" "$LOADER" -q -d v0 --progname xdp_drop_func
	done
}

@test "a reload that keeps the maps, and in which any bpf() call fails, changes nothing" {
	for error in ENOMEM EPERM E2BIG; do
		fail_everywhere bpf "$error" "$LOADER" -q -d v0 -M --progname xdp_drop_func
	done
}

@test "a reload in which any netlink request fails changes nothing, and says what failed" {
	for error in EBUSY ENOMEM EPERM; do
		fail_everywhere sendto "$error" "$LOADER" -q -d v0 --progname xdp_drop_func
	done
}
