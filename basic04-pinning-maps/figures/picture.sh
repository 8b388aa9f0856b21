#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes watch.svg, or the file named: the screen of a real run of `testenv.sh watch`, some moments
# after a reload, in namespaces of its own.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=${HERE%/*/*}
OUTPUT=$(realpath -- "${1-$HERE/watch.svg}")
COLUMNS_LINES=(-x 100 -y 34)
TMP=

fail() { printf 'picture.sh: %s\n' "$*" >&2 && exit 1; }

# What it mounts and makes ends with it.
in_namespaces() {
	[[ ${PICTURE-} == inside ]] ||
		PICTURE=inside exec "$TOP/testenv/private.sh" "$HERE/picture.sh" "$OUTPUT"
}

# A terminal of a known size around it.
terminal() { tmux -S "$TMP/terminal" -f /dev/null "$@"; }
screen() { terminal capture-pane -p; }
shows() { screen | grep -qE -- "$1"; }
shows_often() { (($(screen | grep -cE -- "$2") >= $1)); }
ended() { [[ ! -e /run/xdp-testenv ]]; }

wait_until() {
	local end=$((SECONDS + 90))
	until "$@"; do
		((SECONDS < end)) || { screen >&2 && fail "this never came: ${*:2}"; }
		sleep 0.05
	done
}

cleanup() {
	terminal kill-server 2>/dev/null || :
	wait_until ended
	rm -rf -- "$TMP"
}

# Both programs have counted, and the pings have gone from answered to not answered.
run() {
	unset CI TMUX
	TMPDIR=$TMP LANG=C.UTF-8 terminal new-session -d "${COLUMNS_LINES[@]}" \; set -g status off \; \
		send-keys "exec $TOP/testenv/testenv.sh watch" Enter
	wait_until shows 'Enter: 1 load'
	terminal send-keys Enter
	wait_until shows '^testenv +XDP_PASS +[2-9][0-9] '
	terminal send-keys Enter
	wait_until shows 'another map now.*generation 2'
	wait_until shows_often 4 '^no answer'
}

((EUID == 0)) || fail "needs root: it makes network namespaces"
in_namespaces
TMP=$(mktemp -d)
trap cleanup EXIT
run
terminal capture-pane -e -p -N | "$HERE/terminal-svg.pl" >"$TMP/picture"
cp -- "$TMP/picture" "$OUTPUT"
