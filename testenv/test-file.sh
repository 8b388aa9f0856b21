#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs one test file as if on any machine: in namespaces of its own (private.sh), in an environment
# that does not depend on its user, and for TEST_FILE_LIMIT seconds at most. Then it prints what still
# runs, and ends it. No process that a test has left outlives its file.
#
#   test-file.sh FILE      as root
set -euo pipefail

HERE=$(dirname "$(readlink -f -- "${BASH_SOURCE[0]}")")
LIMIT=${TEST_FILE_LIMIT-1800}

# This one looks at the machine's own state.
[[ ${1##*/} != machine-state.sh ]] || exec "$@"

# Where tests can make programs and run them, and private.sh does not mount: TMPDIR if it will do.
tmp_find() {
	local dir
	for dir in "${TMPDIR-/tmp}" /tmp /var/tmp "${HERE%/*}/build"; do
		[[ $(realpath -- "$dir")/ != @(/run|/sys)/* ]] || continue
		[[ $(findmnt --noheadings --output OPTIONS --target "$dir") == *noexec* ]] || break
	done
	mktemp -d -p "$dir" test.XXXXXX
}

# Language, time zone, terminal, and the dot files of an empty HOME: none is the user's.
environment() {
	local name
	printf '%s\n' "PATH=$PATH" "HOME=$tmp" "TMPDIR=$tmp" LC_ALL=C.UTF-8 TZ=UTC TERM=xterm
	for name in CI WERROR HAS_FREPLACE "${!TEST_@}"; do
		[[ ! -v $name ]] || printf '%s\n' "$name=${!name}"
	done
}

still_running() {
	local namespace
	namespace=$(readlink "/proc/$(pgrep -P "$running" | head -n 1)/ns/pid") || return
	ps -eo pidns,etimes,args --cols 200 | awk -v ns="${namespace//[!0-9]/}" '$1 == ns { $1 = "#  "; print }'
}

# sleep does not hold the pipe that the output goes to.
watchdog() {
	sleep "$LIMIT" >/dev/null 2>&1
	printf '# %s is ended: it has run for %s s. What still ran, and since when:\n' "$1" "$LIMIT"
	still_running || : # it may have ended, or not have begun
	kill -KILL "$running"
}

cleanup() {
	local sleeping
	exec 2>/dev/null
	sleeping=$(pgrep -P "$watchdog") || :
	# shellcheck disable=SC2086 # none or one
	kill -KILL "$running" "$watchdog" $sleeping || :
	wait "$running" "$watchdog" || :
	rm -rf --one-file-system -- "$tmp"
}

umask 022
tmp=$(tmp_find)
mapfile -t variables < <(environment)
# The first process of a PID namespace takes all others with it.
env -i "${variables[@]}" "$HERE/private.sh" unshare --pid --mount-proc --fork --kill-child -- "$@" &
running=$!
watchdog "$1" 2>&1 &
watchdog=$!
trap cleanup EXIT
wait "$running" 2>/dev/null # its status is this script's
