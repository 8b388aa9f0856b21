# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Netlink requests that meet a fault; `load fault` after helpers. They are chosen by what they ask for, as
# versions of libbpf differ in how many they make: tests/tools/netlink_fault.c says which faults there are.
# shellcheck shell=bash

netlink_fault() { # REQUEST:N:FAULT COMMAND...
	NETLINK_FAULT=$1 LD_PRELOAD=$OBJECTS/netlink_fault.so "${@:2}"
}

# A load that is killed when the hook is empty: before the second of its two requests, which would attach.
killed_in_mode_change() { # OPTION...
	run -137 netlink_fault RTM_SETLINK:2:kill "$LOADER" -d "$DEV" --direct --skb-mode "$@"
	[[ $(attached_id "$DEV") == none ]]
}

# Runs a command in the background, as process STOPPED, until it is about to make a request.
stop_before() { # REQUEST:N COMMAND...
	local state
	NETLINK_FAULT=$1:stop LD_PRELOAD=$OBJECTS/netlink_fault.so "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	STOPPED=$!
	while read -r _ _ state _ <"/proc/$STOPPED/stat"; do
		case $state in
		T) return 0 ;;
		Z) break ;;
		esac
		sleep 0.01
	done
	cat "$BATS_TEST_TMPDIR/said"
	echo "it has made no $1"
	return 1
}

# Lets it continue, and sets code to how it ends.
# shellcheck disable=SC2034 # for the tests
continue_stopped() {
	code=0
	kill -CONT "$STOPPED"
	wait "$STOPPED" || code=$?
	cat "$BATS_TEST_TMPDIR/said"
}

stopped_end() { [[ ! ${STOPPED-} ]] || kill -KILL "$STOPPED" 2>/dev/null || :; } # in teardown
