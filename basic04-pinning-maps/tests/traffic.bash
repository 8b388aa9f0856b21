# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Frames for a device with a program, from its peer, and an xdp_stats that watches them.
# shellcheck shell=bash

PEER=vb
OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err

# A device with a program, and its peer that frames come from; none come of themselves.
pair_make() { make_pair va "$PEER"; }

# Ends what a test has left in the background.
jobs_end() {
	local pid
	{
		for pid in $(jobs -p); do kill -KILL "$pid" || true; done
		wait # else bash says later that they were killed
	} 2>/dev/null
}

# Frame by frame: a ring that is sent at once may be refused (EAGAIN).
frames_send() { # COUNT [LENGTH] [TRAFGEN-OPTION]...
	local count=$1 length=${2-64}
	shift $(($# < 2 ? $# : 2))
	echo "{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, $((length - 14))) }" \
		>"$BATS_TEST_TMPDIR/frame"
	trafgen --notouch-irq --gap 1us --num "$count" --cpus 1 --out "$PEER" --in "$BATS_TEST_TMPDIR/frame" "$@" \
		</dev/null >"$BATS_TEST_TMPDIR/trafgen" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/trafgen"; return 1; }
}

# Frames in the background until traffic_end, evenly, TRAFFIC_GAP apart: some 200,000 a second where the machine can:
# trafgen's --rate would send them in a burst each second. It goes before the tests beside it.
traffic_start() {
	echo '{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, 50) }' >"$BATS_TEST_TMPDIR/frame"
	TRAFFIC_BEGAN=$EPOCHREALTIME
	env --default-signal=INT nice -n -20 trafgen --notouch-irq --num 0 --cpus 1 --gap "${TRAFFIC_GAP-1us}" \
		--out "$PEER" --in "$BATS_TEST_TMPDIR/frame" </dev/null >"$BATS_TEST_TMPDIR/trafgen" 2>&1 &
	TRAFFIC=$!
	poll grep -qs Running "$BATS_TEST_TMPDIR/trafgen"
}

# Sets sent, by trafgen's own count, and rate.
# shellcheck disable=SC2034 # for the tests
traffic_end() {
	local took
	kill -INT "$TRAFFIC" $(pgrep -P "$TRAFFIC") # it does not pass the signal on
	wait "$TRAFFIC" || :
	took=$((${EPOCHREALTIME/[.,]/} - ${TRAFFIC_BEGAN/[.,]/}))
	sent=$(grep -o '[0-9]* packets outgoing' "$BATS_TEST_TMPDIR/trafgen")
	sent=${sent%% *}
	rate=$((sent * 1000000 / took))
}

# Until the command succeeds. After 20 seconds, what has been printed, and failure.
poll() { # COMMAND...
	local try
	for ((try = 0; try < 1000; try++)); do
		! "$@" || return 0
		sleep 0.02
	done
	echo "not within 20 s: $*"
	head -n 100 "$OUT" "$ERR"
	return 1
}

out_has() { grep -qE -- "$1" "$OUT"; }
err_has() { grep -qE -- "$1" "$ERR"; }

# In the background, as $WATCH, with its output in $OUT and $ERR. Both are emptied first: what an earlier one
# has written is there until the new one's shell comes to run.
watch_run() { # COMMAND...
	truncate -s 0 "$OUT" "$ERR"
	env --default-signal=INT,TERM "$@" >"$OUT" 2>"$ERR" &
	WATCH=$!
}

# xdp_stats in the background, with its first line printed. It goes before the tests beside it, as the
# traffic does: who is not let run misses maps.
watch_start() { # OPTION...
	watch_run nice -n -20 "$STATS" "$@"
	poll test -s "$OUT"
}

# The same, without waiting for a line, where a system call is answered in strace's way.
watch_injected() { # CALL:HOW OPTION...
	watch_run strace -D -f -o /dev/null -e trace="${1%%:*}" -e inject="$1" "$STATS" "${@:2}"
}

has_ended() { ! kill -0 "$WATCH" 2>/dev/null; }

# Ends it, and sees that it ends well.
watch_end() { # [SIGNAL]
	local code=0
	kill -"${1-INT}" "$WATCH"
	poll has_ended || kill -KILL "$WATCH"
	wait "$WATCH" || code=$?
	cat "$OUT" "$ERR"
	((code == 0))
}

# The packets in the last line of an action, or of "all"; in the totals after the end.
last_packets() { # ACTION
	awk -v action="$1" '$1 == action { gsub(",", ""); last = $2 } END { print last + 0 }' "$OUT"
}

has_packets() { (($(last_packets "$1") == $2)); }

# Fails where something is found, and shows it; a plain "! grep" fails nothing.
none() { # COMMAND...
	if "$@"; then
		echo "not expected: $*"
		return 1
	fi
}

# No number has a sign, nothing has wrapped.
assert_no_negative() {
	none grep -E -- '(^|[ (])-[0-9]|nan|inf|18,446,|18[.]4 E' "$OUT"
}

# Prints what RELOADS reloads have lost and doubled.
report_reloads() { # COUNTED
	echo "# $BATS_TEST_DESCRIPTION: $RELOADS reloads, $sent packets at $rate/s, $((sent > $1 ? sent - $1 : 0)) lost, $(($1 > sent ? $1 - sent : 0)) doubled" >&3
}

# Fails unless as many were counted as sent.
assert_exact() { # COUNTED
	report_reloads "$1"
	((sent > 0 && $1 == sent))
}

# The test file's reload_often under traffic: exact in the map that all of them count in; or, with a
# new map each time, in the totals of an xdp_stats that watches.
assert_exact_in_one_map() {
	traffic_start
	reload_often --reuse-maps
	traffic_end
	assert_exact "$(packets_in "$BPFFS/va/xdp_stats_map")"
}
assert_exact_when_watched() {
	watch_start -d va
	traffic_start
	reload_often
	traffic_end
	watch_end INT
	assert_no_negative
	assert_exact "$(last_packets all)"
	none err_has "missing from the totals"
}
