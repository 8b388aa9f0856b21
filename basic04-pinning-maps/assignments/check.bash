#!/bin/bash -p
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Judges the program in $WORK by what it does: sources the assignment's check, whose requirements each
# print a line. Runs in network, mount and PID namespaces of its own, and in an environment that no user has
# set; assignment.sh starts it.
set -uo pipefail
trap 'exit 130' INT TERM # without a handler they do not end the first process of a PID namespace

BPFFS=/sys/fs/bpf
LESSON=$TOP/basic04-pinning-maps
requirements=0 failed=0
TMP=$(mktemp -d -p /run) # a file system of this namespace: it goes when this ends
TOOLS=$TMP/tools GIVEN=$TMP/given # what the check runs; what the program may read
# shellcheck disable=SC2034 # for the checks
OUT=$TMP/out ERR=$TMP/err
WRAP=() # a command that runs the program
# What the program runs in. It sees neither the tools nor any process, and can change pins alone.
CONFINE=("$TOOLS/confine")

# For what is not the fault of the program that is judged.
cannot_check() { # WHY
	printf 'check: %s\n' "$1" >&2
	exit 2
}

need() { # PROGRAM
	command -v "$1" >/dev/null || cannot_check "$1 is missing: ./configure --install-deps=test installs it"
}

# Builds the program from its sources alone. Neither the tools nor what they are made of are in reach, then
# or later: of common/ there are the headers, and a library with what this assignment may use.
build_program() {
	local tool
	mkdir "$TOOLS" "$GIVEN" "$TMP/kept" "$TMP/sources"
	cp "$LESSON"/{xdp_loader,xdp_stats} "$TOP"/build/assignments/{confine,pin_link} "$TOOLS"
	cp "$TOP"/build/assignments/*.bpf.o "$GIVEN"
	cp "$WORK"/*.[ch] "$TMP/sources"
	(cd "$TOP" && cp --parents common/*.mk common/*/*.h "build/assignments/$N.a" "$TMP/kept")
	for tool in "$WORK" "$TOP/common" "$TOP/build"; do mount -t tmpfs tmpfs "$tool" || exit 2; done
	for tool in xdp_loader xdp_stats maps_ctl; do mount --bind /dev/null "$LESSON/$tool" || exit 2; done
	cp -r "$TMP/kept/." "$TOP"
	cp "$TMP/sources/"* "$WORK"
	make -s -C "$LESSON/assignments" "N=$N" "DIR=$WORK" programs >&2 && return
	printf 'check: %s does not build: see above\n' "${WORK#"$TOP"/}" >&2
	exit 1
}

# traffic_start and traffic_end; frames_send and poll are those below.
BATS_TEST_TMPDIR=$TMP
# shellcheck source=SCRIPTDIR/../tests/traffic.bash
. "$LESSON/tests/traffic.bash"

# A device and its peer, from which frames are sent; without IPv6 the kernel sends none of its own.
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

# Waits for a command to succeed: 3 seconds or so, and more on a machine that is busy, where each try takes
# longer, too.
poll() { # COMMAND...
	local try
	for ((try = 0; try < ${TRIES-150}; try++)); do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

# The packets in a pinned map of counters, or "no map".
packets_in() { # PATH
	"$TOOLS/xdp_stats" --map "$1" --once 2>/dev/null |
		awk '{ gsub(",", ""); sum += $2 } END { print NR ? sum : "no map" }'
}

map_id() { # PATH
	bpftool map show pinned "$1" 2>/dev/null | sed -n '1s/^\([0-9]*\):.*/\1/p'
}

# The ID of the program that runs on a device, or "none".
attached_id() { # [DEVICE]
	ip -d -o link show "${1-va}" | sed -nE 's/.* prog\/xdp id ([0-9]+) .*/\1/p;t;$s/.*/none/p' | head -n 1
}

# Becomes the program, which can run no other one.
program_exec() { # NAME [ARGUMENT]...
	exec "${CONFINE[@]}" "$WORK/$1" "${@:2}"
}

has_ended() { ! kill -0 "$1" 2>/dev/null; } # PID

# Ends a program that runs in the background, even if it ignores other signals.
stop() { # PID
	kill -KILL "$1"
	wait "$1"
} 2>/dev/null

# Runs the program once; its output goes to $OUT and $ERR. One that hangs or prints without end is killed;
# after it has hung once, it is not run again. That it has ever exited with 0 is remembered.
program_run() { # NAME [ARGUMENT]...
	local running code
	[[ ! -e $TMP/hangs ]] || return 137
	(ulimit -f 1024 && exec "${WRAP[@]}" "${CONFINE[@]}" "$WORK/$1" "${@:2}" </dev/null >"$OUT" 2>"$ERR") &
	running=$!
	TRIES=200 poll has_ended $running || { : >"$TMP/hangs" && kill -KILL $running; }
	wait $running
	code=$?
	((code)) || : >"$TMP/succeeded"
	return $code
} 2>/dev/null

# Runs a command that runs the program, so that pin_taken knows whether the program takes the name from a pin, if only
# for a moment.
watched() { # COMMAND...
	# shellcheck disable=SC2054 # the commas are in words
	local WRAP=(strace -f -qq -o "$TMP/trace" -e trace=unlink,unlinkat,rename,renameat,renameat2)
	"$@"
}

# What took it: "; the pin is away after unlink(...) = 0". Nothing if the pin has been there all the time.
pin_taken() { # PATH
	grep -E -m 1 "(unlink(at)?\(.*|rename(at2?)?\(([^\"]*, )?\")[^\"]*${1##*/}\".* = 0" "$TMP/trace" |
		sed 's/^[0-9 ]*/; the pin is away after /'
	[[ -e $1 ]] || echo "; there is no pin"
}

# How a program has ended, by its exit code.
exit_of() { # CODE
	case $1 in
	137) echo "it hangs, and is killed" ;;
	134 | 135 | 136 | 139) echo "it crashes: exit code $1" ;;
	153) echo "it prints without end, and is killed" ;;
	*) echo "it exits $1" ;;
	esac
}

# The same if it should refuse: any exit code but 0 is a refusal. A crash is not, nor is a program that was
# killed, nor one that fails whatever it is asked.
ending() { # CODE
	local how
	how=$(exit_of "$1")
	if [[ $1 != 0 && $how == "it exits $1" ]]; then
		[[ -e $TMP/succeeded ]] && how="it is refused" || how="it has always failed"
	fi
	echo "$how"
}

# Another hint for what has happened, if a check knows one.
other_hint() { :; } # HAPPENED

# One requirement: what it is, the hint to read if it is not met, what was expected, what happened. It is met
# if the last two are the same, and something was expected: an ID that an earlier requirement should have
# brought may be missing at the end.
require() { # REQUIREMENT HINT EXPECTED HAPPENED
	local expected=$3 hint
	requirements=$((requirements + 1))
	if [[ $3 == "$4" && ! $3 =~ ^((map|maps|program)\ )?(none)?$ ]]; then
		printf 'ok %d - %s\n' "$requirements" "$1"
		return
	fi
	failed=$((failed + 1))
	[[ ! $expected =~ ^((map|maps|program)\ )?(none)?$ ]] ||
		expected="one that an earlier requirement brings; meet that one first"
	hint=$(other_hint "$4")
	printf 'not ok %d - %s\n    expected: %s\n    happened: %s\n' "$requirements" "$1" "$expected" "${4:-nothing}"
	[[ ! -s $ERR ]] || tail -n 2 "$ERR" | tr -cd '\n[:print:]' | cut -c -200 | sed 's/^/    stderr:   /'
	printf '    read:     make hint-%s HINT=%d\n' "$N" "${hint:-$2}"
}

build_program
ulimit -f 10240 # KiB a file: ends a program that does not stop writing
# shellcheck source=/dev/null # the assignment's
. "$1"
((requirements)) || cannot_check "$1 requires nothing"
if ((failed)); then
	printf '%d of %d requirements hold\n' $((requirements - failed)) "$requirements"
	exit 1
fi
printf 'all %d requirements hold; make solution-%s shows how it was done here\n' "$requirements" "$N"
