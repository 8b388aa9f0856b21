#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_loader when the kernel refuses: each bpf() call and each netlink request fails once.
load helpers

setup() { make_pair; }

nothing_loaded() { "$LOADER" -q -d v0 --unload-all --force; }
pass_loaded() { "$LOADER" -q -d v0 --force --progname xdp_pass_func; }

# fail_everywhere PREPARE CALL ERROR COMMAND...: the command either does its work without that call,
# or says what failed and leaves everything as it was. Prints a line of the table.
fail_everywhere() {
	local prepare=$1 call=$2 error=$3 step=${TEST_SHARE-1} calls number before status points=0 refused=0 bad=0
	shift 3
	"$prepare"
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace="$call" -- "$@" >/dev/null
	calls=$(grep -c "$call(" "$BATS_TEST_TMPDIR/calls")
	for ((number = 1; number <= calls; number += step)); do
		"$prepare"
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
	echo "# $BATS_TEST_DESCRIPTION: $call() $error: $points failed, $refused refused the command, $bad of these changed something" >&3
	((bad == 0))
}

bpf_fails() { # PREPARE COMMAND...
	local error prepare=$1
	shift
	for error in ENOMEM EPERM E2BIG; do
		fail_everywhere "$prepare" bpf "$error" "$@"
	done
}

netlink_fails() { # PREPARE COMMAND...
	local error prepare=$1
	shift
	for error in EBUSY ENOMEM EPERM; do
		fail_everywhere "$prepare" sendto "$error" "$@"
	done
}

@test "load, a bpf() call fails" { bpf_fails nothing_loaded "$LOADER" -q -d v0; }
@test "load, a netlink request fails" { netlink_fails nothing_loaded "$LOADER" -q -d v0; }
@test "reload, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --progname xdp_drop_func; }
@test "reload, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --progname xdp_drop_func; }
@test "reload -M, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 -M --progname xdp_drop_func; }
@test "reload -M, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 -M --progname xdp_drop_func; }
@test "unload, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unload; }
@test "unload, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unload; }
@test "unload-all, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unload-all; }
@test "unload-all, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unload-all; }
@test "unpin, a bpf() call fails" { bpf_fails pass_loaded "$LOADER" -q -d v0 --unpin; }
@test "unpin, a netlink request fails" { netlink_fails pass_loaded "$LOADER" -q -d v0 --unpin; }
