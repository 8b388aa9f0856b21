#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Judges the program in $WORK by what it does: sources the assignment's check, whose requirements each
# print a line. Runs in network and mount namespaces of its own; assignment.sh starts it.
set -uo pipefail

BPFFS=/sys/fs/bpf
LESSON=$TOP/basic04-pinning-maps
requirements=0 failed=0
TMP=$(mktemp -d)
# shellcheck disable=SC2034 # for the checks
OUT=$TMP/out ERR=$TMP/err

# What is no fault of the program that is judged.
cannot_check() { # WHY
	printf 'check: %s\n' "$1" >&2
	exit 2
}

finish() {
	local pid
	for pid in $(jobs -p); do kill -KILL $(pgrep -P "$pid") "$pid"; done 2>/dev/null
	rm -rf "$TMP"
}
trap finish EXIT

# traffic_start and traffic_end; frames_send and poll are those below.
BATS_TEST_TMPDIR=$TMP
# shellcheck source=SCRIPTDIR/../tests/traffic.bash
. "$LESSON/tests/traffic.bash"

# A device and its peer, from which frames come; none come of themselves.
make_pair() { # DEVICE PEER
	local end
	ip link add "$1" type veth peer name "$2" || cannot_check "there are no devices for it"
	for end in "$1" "$2"; do
		echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"
		ip link set "$end" up
	done
}

# Frames of 64 bytes from va's peer; all are with the program when it returns.
frames_send() { # COUNT
	echo '{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, 50) }' >"$TMP/frame"
	trafgen --notouch-irq --gap 1us --num "$1" --cpus 1 --out vb --in "$TMP/frame" </dev/null >"$TMP/trafgen" 2>&1 ||
		{ cat "$TMP/trafgen" >&2; exit 1; }
	sleep 0.1
}

# Waits some seconds for a command to succeed.
poll() { # COMMAND...
	local try
	for ((try = 0; try < 150; try++)); do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

# The packets in a pinned map of counters, or "no map".
packets_in() { # PATH
	"$LESSON/xdp_stats" --map "$1" --once 2>/dev/null |
		awk '{ gsub(",", ""); sum += $2 } END { print NR ? sum : "no map" }'
}

map_id() { # PATH
	bpftool map show pinned "$1" 2>/dev/null | sed -n '1s/^\([0-9]*\):.*/\1/p'
}

# The ID of the program that runs on a device, or "none".
attached_id() { # [DEVICE]
	ip -d -o link show "${1-va}" | sed -nE 's/.* prog\/xdp id ([0-9]+) .*/\1/p;t;$s/.*/none/p' | head -n 1
}

# Runs the program once; its output goes to $OUT and $ERR. One that hangs or prints without end is killed.
program_run() { # NAME [ARGUMENT]...
	(ulimit -f 1024 && exec timeout -s KILL 2 "$WORK/$1" "${@:2}" </dev/null >"$OUT" 2>"$ERR")
}

# How a program has ended, by its exit code: any but 0 refuses, and a fatal signal, as of a crash or at
# the end of a limit, does not.
ending() { # CODE
	case $1 in
	0) echo "it exits 0" ;;
	13[4-79] | 153) echo "it is killed: exit $1" ;;
	*) echo "it is refused" ;;
	esac
}

# Ends a program that runs in the background, whatever it makes of other signals.
stop() { # PID
	kill -KILL "$1"
	wait "$1"
} 2>/dev/null

# One requirement: what it is, the hint of README.org to read where it does not hold, what was
# expected, what happened. It holds where the last two are the same, and something was expected: an ID
# that an earlier requirement should have brought may be missing at the end.
require() { # REQUIREMENT HINT EXPECTED HAPPENED
	requirements=$((requirements + 1))
	if [[ $3 == "$4" && ! $3 =~ ^(map |program )?$ ]]; then
		printf 'ok %d - %s\n' "$requirements" "$1"
		return
	fi
	failed=$((failed + 1))
	printf 'not ok %d - %s\n    expected: %s\n    happened: %s\n    read:     hint %d in %s/README.org\n' \
		"$requirements" "$1" "$3" "$4" "$2" "${FOLDER#"$TOP"/}"
}

ulimit -f 10240 # KiB a file: ends a program that does not stop writing
# shellcheck source=/dev/null # the assignment's
. "$1"
((requirements)) || cannot_check "$1 requires nothing"
if ((failed)); then
	printf '%d of %d requirements hold\n' $((requirements - failed)) "$requirements"
	exit 1
fi
printf 'all %d requirements hold; make solution-%s shows how it was done here\n' "$requirements" "$N"
